// A mask: where a picture may change. Strokes, shapes and selections over each other, with undo for each; what leaves it is
// a grey PNG, white where something may change.
//
// Rule: the steps are the truth and the pixels follow from them, so that undo costs no memory. At most 2,048 pixels a side.
const LONGEST = 2048;
/** Enough to tell how much is drawn. */
const GLANCE = 256;

export class Mask {
  #drawn = null;

  /** In the frame of a picture of this size. */
  constructor(width, height) {
    const scale = Math.min(1, LONGEST / Math.max(width, height));
    this.canvas = canvasOf(Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale)));
    this.pen = this.canvas.getContext("2d", { willReadFrequently: true });
    this.steps = [];
    this.undone = [];
    /** Softness of the edge in thousandths of the longer side. */
    this.soft = 4;
    /** Everything except what is drawn. */
    this.except = false;
  }

  get width() {
    return this.canvas.width;
  }

  get height() {
    return this.canvas.height;
  }

  get longest() {
    return Math.max(this.width, this.height);
  }

  /** Nothing is drawn, or all of it was rubbed out again. */
  get isEmpty() {
    if (!this.steps.length || this.steps.at(-1).kind === "clear") return true;
    // Only an eraser, or a picture, leaves this open.
    if (this.steps.at(-1).points && !this.steps.at(-1).erase) return false;
    return this.#glance() === 0;
  }

  /** How much of the picture may change, 0 to 1; what the soft edge takes it gives on its other side. */
  get share() {
    return this.except ? 1 - this.#glance() : this.#glance();
  }

  #glance() {
    if (this.#drawn !== null) return this.#drawn;
    const pen = scratch(GLANCE, GLANCE);
    pen.drawImage(this.canvas, 0, 0, GLANCE, GLANCE);
    const { data } = pen.getImageData(0, 0, GLANCE, GLANCE);
    let sum = 0;
    for (let at = 3; at < data.length; at += 4) sum += data[at];
    this.#drawn = sum / (GLANCE * GLANCE * 255);
    return this.#drawn;
  }

  /** Adds a step: {kind: "stroke", size, points, erase}, {kind: "shape", points}, {kind: "picture", picture, fresh}, {kind: "clear"}. */
  add(step) {
    this.steps.push(step);
    this.undone = [];
    this.#paint(step);
  }

  /** A stroke goes on; only what is new is painted. */
  extend(step, x, y) {
    step.points.push(x, y);
    this.#paint({ ...step, points: step.points.slice(-4) });
  }

  undo() {
    if (!this.steps.length) return false;
    this.undone.push(this.steps.pop());
    this.#again();
    return true;
  }

  redo() {
    const step = this.undone.pop();
    if (!step) return false;
    this.steps.push(step);
    this.#paint(step);
    return true;
  }

  /** Forgets the last step as if it had never been begun. */
  drop() {
    this.steps.pop();
    this.#again();
  }

  #again() {
    this.pen.clearRect(0, 0, this.width, this.height);
    // Nothing before the last clearing can be seen.
    const from = this.steps.findLastIndex(({ kind, fresh }) => kind === "clear" || fresh);
    this.#drawn = null;
    for (const step of this.steps.slice(Math.max(from, 0))) this.#paint(step);
  }

  #paint(step) {
    this.#drawn = null;
    paint(this.pen, step, this);
  }

  /** How far each pixel may change, 0 to 255, scaled to fit `longest`; `draft` is a step that isn't made yet. */
  values(longest = LONGEST, { draft = null, hard = false } = {}) {
    const scale = Math.min(1, longest / this.longest);
    const [width, height] = [Math.max(1, Math.round(this.width * scale)), Math.max(1, Math.round(this.height * scale))];
    const pen = scratch(width, height);
    pen.drawImage(this.canvas, 0, 0, width, height);
    if (draft) {
      pen.scale(width / this.width, height / this.height);
      paint(pen, draft, this);
      pen.resetTransform();
    }
    const { data } = pen.getImageData(0, 0, width, height);
    const values = new Uint8ClampedArray(width * height);
    for (let at = 0; at < values.length; at += 1) values[at] = data[at * 4 + 3];
    const radius = Math.round((this.soft / 1000) * Math.max(width, height));
    if (radius > 0 && !hard) soften(values, width, height, radius);
    if (this.except) for (let at = 0; at < values.length; at += 1) values[at] = 255 - values[at];
    return { width, height, values };
  }

  /** Itself, small, as a picture: white where something may change. */
  miniature(longest) {
    const scale = longest / this.longest;
    const made = canvasOf(Math.max(1, Math.round(this.width * scale)), Math.max(1, Math.round(this.height * scale)));
    const pen = made.getContext("2d");
    pen.fillStyle = this.except ? "white" : "black";
    pen.fillRect(0, 0, made.width, made.height);
    pen.globalCompositeOperation = "difference";
    pen.drawImage(this.canvas, 0, 0, made.width, made.height);
    return made;
  }

  /** The mask as PNG. */
  async png() {
    return pngOf(this.values());
  }
}

/** A single step as PNG in the frame of `mask`, small: something to look for a thing by. */
export async function roughly(step, mask) {
  const small = new Mask(mask.width, mask.height);
  small.soft = 0;
  small.add(step);
  return pngOf(small.values(1024));
}

/** What a mask's picture says, as alpha: light parts are in it. */
export function asAlpha(picture, width, height) {
  const canvas = canvasOf(width, height);
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  pen.drawImage(picture, 0, 0, width, height);
  const image = pen.getImageData(0, 0, width, height);
  const { data } = image;
  for (let at = 0; at < data.length; at += 4) {
    data[at + 3] = ((data[at] * 54 + data[at + 1] * 183 + data[at + 2] * 19) / 256) * (data[at + 3] / 255);
    data[at] = data[at + 1] = data[at + 2] = 255;
  }
  pen.putImageData(image, 0, 0);
  return canvas;
}

function paint(pen, step, mask) {
  if (step.kind === "clear") return pen.clearRect(0, 0, mask.width, mask.height);
  if (step.kind === "picture") {
    if (step.fresh) pen.clearRect(0, 0, mask.width, mask.height);
    return pen.drawImage(step.picture, 0, 0, mask.width, mask.height);
  }
  pen.globalCompositeOperation = step.erase ? "destination-out" : "source-over";
  pen.fillStyle = pen.strokeStyle = "white";
  if (step.kind === "shape") outline(pen, step.points, () => pen.fill());
  else if (isDot(step.points)) dot(pen, step);
  else {
    pen.lineWidth = step.size;
    pen.lineCap = pen.lineJoin = "round";
    outline(pen, step.points, () => pen.stroke());
  }
  pen.globalCompositeOperation = "source-over";
}

/** A line of no length paints nothing: a tap is a dot. */
const isDot = (points) => points.every((value, at) => value === points[at % 2]);

function dot(pen, { points, size }) {
  pen.beginPath();
  pen.arc(points[0], points[1], size / 2, 0, Math.PI * 2);
  pen.fill();
}

function outline(pen, points, done) {
  pen.beginPath();
  for (let at = 0; at < points.length; at += 2) pen.lineTo(points[at], points[at + 1]);
  done();
}

/** Three boxes over each other, which look like a bell. */
function soften(values, width, height, radius) {
  const box = Math.max(1, Math.round(radius / 1.7));
  const other = new Uint8ClampedArray(values.length);
  for (let times = 0; times < 3; times += 1) {
    slide(values, other, width, height, 1, width, box);
    slide(other, values, height, width, width, 1, box);
  }
}

/** The mean of `2 × box + 1` neighbours along one direction; beyond the edge it goes on as at the edge. */
function slide(from, to, length, lines, step, line, box) {
  const many = 2 * box + 1;
  for (let at = 0; at < lines; at += 1) {
    const start = at * line;
    const end = start + (length - 1) * step;
    let sum = from[start] * (box + 1);
    for (let ahead = 1; ahead <= box; ahead += 1) sum += from[Math.min(start + ahead * step, end)];
    for (let place = 0; place < length; place += 1) {
      const here = start + place * step;
      to[here] = sum / many;
      sum += from[Math.min(here + (box + 1) * step, end)] - from[Math.max(here - box * step, start)];
    }
  }
}

function pngOf({ width, height, values }) {
  const canvas = canvasOf(width, height);
  const pen = canvas.getContext("2d");
  const image = pen.createImageData(width, height);
  for (let at = 0; at < values.length; at += 1) {
    image.data[at * 4] = image.data[at * 4 + 1] = image.data[at * 4 + 2] = values[at];
    image.data[at * 4 + 3] = 255;
  }
  pen.putImageData(image, 0, 0);
  return new Promise((done) => canvas.toBlob(done, "image/png"));
}

let bench = null;
function scratch(width, height) {
  bench ??= canvasOf(1, 1).getContext("2d", { willReadFrequently: true });
  if (bench.canvas.width !== width || bench.canvas.height !== height) {
    bench.canvas.width = width;
    bench.canvas.height = height;
  } else {
    bench.clearRect(0, 0, width, height);
  }
  return bench;
}

function canvasOf(width, height) {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  return canvas;
}
