// How a mask looks over a picture: half of the accent colour, and a dashed outline of two colours that shows on white, on
// black and on the accent itself. It marches, unless somebody asked for less motion. `still`: the outline alone, at rest.

const LONGEST = 1024;
/** While a hand draws, a quarter of the pixels: each frame paints all of them. */
const ROUGHLY = 512;
const MARCH_MS = 160;
const DASH = 5;

export class Painted {
  #image = null;
  #edges = [];
  #phase = 0;
  #frame = null;
  #march = null;

  constructor(canvas, mask, still = false) {
    Object.assign(this, { canvas, mask, still });
    this.pen = canvas.getContext("2d");
    this.colour = colourOf(canvas);
    if (!still && !matchMedia("(prefers-reduced-motion: reduce)").matches) this.#march = setInterval(() => this.#step(), MARCH_MS);
  }

  stop() {
    clearInterval(this.#march);
    cancelAnimationFrame(this.#frame);
  }

  /** Draws with the next frame; `hard` leaves the soft edge for later. */
  soon(draft, hard) {
    this.next = { draft, hard };
    this.#frame ??= requestAnimationFrame(() => this.draw(this.next.draft, this.next.hard));
  }

  draw(draft = null, hard = false) {
    cancelAnimationFrame(this.#frame);
    this.#frame = null;
    const shown = this.mask.isEmpty && !draft ? null : this.mask.values(hard ? ROUGHLY : LONGEST, { draft, hard });
    const { width, height } = shown ?? { width: 1, height: 1 };
    if (this.canvas.width !== width || this.canvas.height !== height) Object.assign(this.canvas, { width, height });
    this.#image = this.pen.createImageData(width, height);
    this.#edges = [];
    if (shown) this.#fill(shown);
    this.#line();
    this.pen.putImageData(this.#image, 0, 0);
  }

  #fill({ width, height, values }) {
    // Four bytes at a time: alpha, blue, green, red, from the high end.
    const pixels = new Uint32Array(this.#image.data.buffer);
    const [red, green, blue] = this.colour;
    const colour = (blue << 16) | (green << 8) | red;
    const end = values.length;
    for (let y = 0, at = 0; y < height; y += 1) {
      for (let x = 0; x < width; x += 1, at += 1) {
        const value = values[at];
        if (value && !this.still) pixels[at] = ((value >> 1) << 24) | colour;
        const here = value > 127;
        const right = x + 1 < width && values[at + 1] > 127;
        const below = at + width < end && values[at + width] > 127;
        if (here !== right || here !== below || (here && (!x || !y))) this.#edges.push(x, y);
      }
    }
  }

  #step() {
    if (!this.#edges.length || document.hidden) return;
    this.#phase = (this.#phase + 1) % (DASH * 2);
    this.#line();
    this.pen.putImageData(this.#image, 0, 0);
  }

  #line() {
    const edges = this.#edges;
    const { data, width, height } = this.#image;
    for (let at = 0; at < edges.length; at += 2) {
      const [x, y] = [edges[at], edges[at + 1]];
      const light = (x + y + this.#phase) % (DASH * 2) < DASH ? 255 : 0;
      // Two pixels wide.
      for (const [dx, dy] of [[0, 0], [1, 0], [0, 1]]) {
        if (x + dx >= width || y + dy >= height) continue;
        const place = ((y + dy) * width + x + dx) * 4;
        data[place] = data[place + 1] = data[place + 2] = light;
        data[place + 3] = 255;
      }
    }
  }
}

/** The accent as three numbers. */
function colourOf(element) {
  const pen = document.createElement("canvas").getContext("2d");
  pen.fillStyle = getComputedStyle(element).getPropertyValue("--accent");
  pen.fillRect(0, 0, 1, 1);
  return pen.getImageData(0, 0, 1, 1).data.slice(0, 3);
}
