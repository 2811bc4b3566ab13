// Looking nearer: a paper on a stage that can be moved and enlarged. Used by <mask-brush>.

const MOST = 8;

export class View {
  zoom = 1;
  #x = 0;
  #y = 0;

  constructor(stage, paper, told) {
    Object.assign(this, { stage, paper, told });
  }

  moveBy(dx, dy) {
    this.#x += dx;
    this.#y += dy;
    this.#place();
  }

  /** Enlarges around a point of the screen, the middle unless said. */
  zoomBy(factor, clientX, clientY) {
    const to = Math.min(MOST, Math.max(1, this.zoom * factor));
    const stage = this.stage.getBoundingClientRect();
    const box = this.paper.getBoundingClientRect();
    const x = (clientX ?? stage.left + stage.width / 2) - box.left;
    const y = (clientY ?? stage.top + stage.height / 2) - box.top;
    this.#x -= x * (to / this.zoom - 1);
    this.#y -= y * (to / this.zoom - 1);
    this.zoom = to;
    this.#place();
  }

  fit() {
    this.zoom = 1;
    this.#x = this.#y = 0;
    this.#place();
  }

  /** Moves so that a point of the paper (0 to 1) is in sight. */
  bring(x, y) {
    const stage = this.stage.getBoundingClientRect();
    const box = this.paper.getBoundingClientRect();
    const edge = 24;
    const over = (at, from, to) => Math.min(0, to - edge - at) || Math.max(0, from + edge - at);
    if (this.zoom > 1) this.moveBy(over(box.left + x * box.width, stage.left, stage.right), over(box.top + y * box.height, stage.top, stage.bottom));
  }

  #place() {
    if (this.zoom === 1) this.#x = this.#y = 0;
    // Some of the paper stays in the middle of the stage.
    const { offsetWidth, offsetHeight, offsetLeft, offsetTop } = this.paper;
    const within = (value, own, before, room) => Math.min(room / 2 - before, Math.max(room / 2 - before - own * this.zoom, value));
    this.#x = this.zoom === 1 ? 0 : within(this.#x, offsetWidth, offsetLeft, this.stage.clientWidth);
    this.#y = this.zoom === 1 ? 0 : within(this.#y, offsetHeight, offsetTop, this.stage.clientHeight);
    const { style } = this.paper;
    style.setProperty("--x", `${this.#x}px`);
    style.setProperty("--y", `${this.#y}px`);
    style.setProperty("--k", this.zoom);
    this.told(this.zoom);
  }
}
