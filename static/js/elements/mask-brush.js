// <mask-brush>: draws a region over a version. Brush, eraser, rectangle, lasso, smart select; one finger paints, two move
// and zoom; every tool works by keyboard with a cross that the arrow keys move.
//
// Rule: what is drawn goes into the Mask; this is its eyes and hands. Nothing runs by itself when a pointer is lifted,
// but for the selection that somebody asked for with that tool.
import { all, find, many, say, toast, word } from "../lib/page.js";
import { asAlpha, roughly } from "../lib/mask.js";
import { changed, inWords, over, refine, send, show } from "../lib/region.js";
import { Painted } from "../lib/painted.js";
import { close } from "../lib/studio.js";
import { View } from "../lib/view.js";

const TOOLS = { b: "brush", e: "eraser", q: "rectangle", l: "lasso", s: "smart", h: "move" };
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
/** Nearer than this to where it began, a drag was a click. */
const CLICK_PX = 5;
const NEAR_PX = 14;
/** A hand that rests so long waits for nothing. */
const REST_MS = 150;
/** How it was set last, on this page. */
const last = { tool: "brush", size: 30 };

class MaskBrush extends HTMLElement {
  /** The step under the hand, not in the mask yet (but for strokes, which are painted as they go). */
  #draft = null;
  #painting = null;
  #pointers = new Map();
  #pinch = null;
  #cross = { x: 0.5, y: 0.5 };
  #busy = false;
  #resting = null;

  connectedCallback() {
    const { version, width, height } = this.dataset;
    this.stage = find(".region-stage", this);
    this.canvas = find(".region-view", this);
    this.cursor = find(".region-cursor", this);
    this.mask = over(version, Number(width), Number(height));
    find(".region-paper", this).style.setProperty("--ratio", width / height);
    this.view = new View(this.stage, find(".region-paper", this), (zoom) => {
      find("[data-zoom]", this).textContent = `${Math.round(zoom * 100)} %`;
    });
    this.painted = new Painted(this.canvas, this.mask);
    find('[name="soft"]', this).value = this.mask.soft;
    find('[name="except"]', this).checked = this.mask.except;
    find('[name="size"]', this).value = last.size;
    this.#listen();
    this.#use(last.tool);
  }

  disconnectedCallback() {
    clearTimeout(this.#resting);
    this.painted.stop();
    show();
    send().catch((error) => toast(error instanceof TypeError ? this.#word("notSent") : error.message));
  }

  /** It was just laid over the stage. */
  begin() {
    this.canvas.focus({ preventScroll: true });
  }

  get #tool() {
    return this.dataset.tool;
  }

  /** The brush's width in the mask; on the screen it stays the same however near one looks. */
  get #size() {
    return Math.max(1, ((last.size / 100) ** 2 * 0.5 + 0.003) * this.mask.longest) / this.view.zoom;
  }

  #listen() {
    this.canvas.addEventListener("pointerdown", (event) => this.#down(event));
    this.canvas.addEventListener("pointermove", (event) => this.#move(event));
    for (const end of ["pointerup", "pointercancel"]) this.canvas.addEventListener(end, (event) => this.#up(event));
    this.canvas.addEventListener("pointerleave", () => { this.cursor.hidden = true; });
    this.canvas.addEventListener("dblclick", () => this.#tool === "lasso" && this.#closeShape());
    this.canvas.addEventListener("blur", () => this.#lift());
    this.canvas.addEventListener("keyup", (event) => event.key === " " && this.#painting?.keys && this.#lift());
    this.stage.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
    this.addEventListener("keydown", (event) => this.#key(event));
    this.addEventListener("input", (event) => this.#set(event.target));
    this.addEventListener("click", (event) => this.#do(event.target.closest("[data-do]")?.dataset.do));
    find("[data-import]", this).addEventListener("change", (event) => this.#import(event));
  }

  #use(tool) {
    last.tool = this.dataset.tool = tool;
    find(`input[value="${tool}"]`, this).checked = true;
    this.#forget();
  }

  #set({ name, value, checked }) {
    if (name === "tool") return this.#use(value);
    if (name === "size") last.size = Number(value);
    else if (name === "soft") this.mask.soft = Number(value);
    else if (name === "except") this.mask.except = checked;
    else return;
    if (name !== "size") this.#changed();
  }

  #do(what) {
    const does = {
      undo: () => this.mask.undo() && this.#changed(this.#word("undone")),
      redo: () => this.mask.redo() && this.#changed(this.#word("again")),
      clear: () => { this.mask.add({ kind: "clear" }); this.#changed(this.#word("cleared")); },
      export: () => this.#export(),
      numbers: () => this.#numbers(),
      larger: () => this.view.zoomBy(1.5),
      smaller: () => this.view.zoomBy(1 / 1.5),
      fit: () => this.view.fit(),
    }[what];
    if (!does) return;
    this.#forget();
    does();
  }

  #word(name, values) {
    return word(name, values, this.dataset);
  }

  #changed(words) {
    changed();
    this.#show();
    if (words) say(words);
  }

  /** What was drawn is seen with the next frame; its soft edge and the chip follow when the hand rests. */
  #show() {
    this.painted.soon(this.#draft, true);
    const { mask } = this;
    find('[data-do="undo"]', this).disabled = !mask.steps.length;
    find('[data-do="redo"]', this).disabled = !mask.undone.length;
    const empty = mask.isEmpty;
    find('[data-do="clear"]', this).disabled = empty;
    if (!this.#busy) this.#tell(empty ? this.#word("empty") : this.#word("drawn", { share: inWords(mask) }));
    clearTimeout(this.#resting);
    this.#resting = setTimeout(() => this.#settle(), REST_MS);
  }

  #settle() {
    if (this.#painting) return;
    this.painted.draw(this.#draft);
    show();
  }

  // Pointers.

  #at(event) {
    const box = this.canvas.getBoundingClientRect();
    return { x: ((event.clientX - box.left) / box.width) * this.mask.width, y: ((event.clientY - box.top) / box.height) * this.mask.height };
  }

  #down(event) {
    if (event.button !== 0 && event.button !== 1) return;
    event.preventDefault();
    this.canvas.focus({ preventScroll: true });
    try {
      this.canvas.setPointerCapture(event.pointerId);
    } catch {
      // A pointer that is gone already, or was made by a test.
    }
    this.#pointers.set(event.pointerId, event);
    if (event.pointerType === "touch" && this.#pointers.size === 2) return this.#beginPinch();
    if (this.#pointers.size > 1 || this.#pinch) return;
    if (this.#tool === "move" || event.button === 1) {
      this.#painting = { pan: true, x: event.clientX, y: event.clientY };
      return;
    }
    const { x, y } = this.#at(event);
    this.#press(x, y, event);
  }

  #move(event) {
    this.#follow(event);
    if (!this.#pointers.has(event.pointerId)) return;
    this.#pointers.set(event.pointerId, event);
    if (this.#pinch) return this.#movePinch();
    const hand = this.#painting;
    if (!hand) return;
    if (hand.pan) {
      this.view.moveBy(event.clientX - hand.x, event.clientY - hand.y);
      Object.assign(hand, { x: event.clientX, y: event.clientY });
      return;
    }
    const between = event.getCoalescedEvents?.() ?? [];
    for (const one of between.length ? between : [event]) {
      const { x, y } = this.#at(one);
      this.#drag(x, y, Math.hypot(one.clientX - hand.clientX, one.clientY - hand.clientY));
    }
    this.painted.soon(this.#draft, true);
  }

  #up(event) {
    this.#pointers.delete(event.pointerId);
    if (this.#pinch) {
      if (!this.#pointers.size) this.#pinch = null;
      return;
    }
    if (event.type === "pointercancel") this.#cancel();
    else this.#lift();
  }

  /** Begins what the tool does at a point of the mask. */
  #press(x, y, { clientX = 0, clientY = 0, keys = false } = {}) {
    if (this.#busy) return;
    const hand = { x, y, clientX, clientY, keys, dragged: false };
    const tool = this.#tool;
    if (tool === "brush" || tool === "eraser") {
      hand.step = { kind: "stroke", size: this.#size, points: [x, y], erase: tool === "eraser" };
      this.mask.add(hand.step);
    } else if (tool === "smart") {
      this.#draft = { kind: "stroke", size: Math.max(this.#size, this.mask.longest * 0.01), points: [x, y] };
    } else if (tool === "lasso" && !this.#draft) {
      this.#draft = { kind: "shape", points: [x, y] };
      hand.began = true;
    }
    this.#painting = hand;
    this.painted.soon(this.#draft, true);
  }

  #drag(x, y, far) {
    const hand = this.#painting;
    hand.dragged ||= far > CLICK_PX;
    if (hand.step) return this.mask.extend(hand.step, x, y);
    if (!hand.dragged) return;
    if (this.#tool === "rectangle") this.#draft = { kind: "shape", points: box(hand.x, hand.y, x, y) };
    else this.#draft?.points.push(x, y);
  }

  /** Ends what the hand does. */
  #lift() {
    const hand = this.#painting;
    this.#painting = null;
    if (!hand || hand.pan) return;
    const tool = this.#tool;
    if (hand.step) this.#changed();
    else if (tool === "smart") this.#select();
    else if (tool === "rectangle") this.#corner(hand);
    else if (tool === "lasso") this.#point(hand);
  }

  /** A rectangle by a drag, or by two clicks. */
  #corner({ x, y, dragged }) {
    if (dragged) return this.#closeShape();
    if (!this.corner) {
      this.corner = { x, y };
      this.#draft = { kind: "stroke", size: this.mask.longest * 0.008, points: [x, y] };
      this.painted.soon(this.#draft, true);
      return this.#tell(this.#word("corner"));
    }
    this.#draft = { kind: "shape", points: box(this.corner.x, this.corner.y, x, y) };
    this.#closeShape();
  }

  /** A lasso by a drag, or by clicks; one near the first closes it. */
  #point({ x, y, dragged, began }) {
    const { points } = this.#draft;
    if (dragged && began) return this.#closeShape();
    const scale = this.canvas.getBoundingClientRect().width / this.mask.width;
    if (!began && points.length >= 6 && Math.hypot(x - points[0], y - points[1]) * scale < NEAR_PX) return this.#closeShape();
    if (!began && !dragged) points.push(x, y);
    this.painted.soon(this.#draft, true);
    this.#tell(many("corners", points.length / 2, this.dataset));
  }

  #closeShape() {
    const draft = this.#draft;
    this.#forget();
    if (draft?.kind !== "shape" || draft.points.length < 6) return;
    this.mask.add(draft);
    this.#changed();
  }

  /** Lets the engine find what a rough stroke means. */
  async #select() {
    const rough = this.#draft;
    this.#busy = true;
    this.toggleAttribute("aria-busy", true);
    this.#tell(this.#word("looking"));
    try {
      const picture = await refine(await roughly(rough, this.mask), this.dataset.version, this.mask);
      this.mask.add({ kind: "picture", picture });
      this.#busy = false;
      this.#draft = null;
      this.#changed(this.#word("selected"));
    } catch (error) {
      this.#busy = false;
      this.#forget();
      this.#tell(error instanceof TypeError ? word("unreachable") : error.message);
    } finally {
      this.removeAttribute("aria-busy");
    }
  }

  /** What was begun and not finished goes. */
  #forget() {
    this.corner = null;
    this.#painting = null;
    if (this.#draft && !this.#busy) this.#draft = null;
    this.#show();
  }

  #cancel() {
    if (this.#painting?.step) this.mask.drop();
    this.#forget();
  }

  #tell(words) {
    find(".region-words", this).textContent = words;
  }

  // Two fingers.

  #beginPinch() {
    this.#cancel();
    this.#pinch = this.#fingers();
  }

  #movePinch() {
    if (this.#pointers.size < 2) return;
    const now = this.#fingers();
    this.view.moveBy(now.x - this.#pinch.x, now.y - this.#pinch.y);
    this.view.zoomBy(now.apart / this.#pinch.apart, now.x, now.y);
    this.#pinch = now;
  }

  #fingers() {
    const [a, b] = [...this.#pointers.values()];
    return { x: (a.clientX + b.clientX) / 2, y: (a.clientY + b.clientY) / 2, apart: Math.max(1, Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY)) };
  }

  #wheel(event) {
    event.preventDefault();
    if (event.altKey) return this.#resize(event.deltaY + event.deltaX < 0 ? 3 : -3);
    if (event.ctrlKey || event.metaKey) return this.view.zoomBy(Math.exp(-event.deltaY / 200), event.clientX, event.clientY);
    this.view.moveBy(-event.deltaX, -event.deltaY);
  }

  #resize(by) {
    last.size = Math.min(100, Math.max(1, last.size + by));
    find('[name="size"]', this).value = last.size;
    this.#ring();
  }

  // The ring under the pointer, the cross of the keys.

  #follow(event) {
    if (event.pointerType === "touch") return;
    this.place = { clientX: event.clientX, clientY: event.clientY };
    this.cursor.removeAttribute("data-keys");
    this.#ring();
  }

  #ring() {
    if (!this.place) return;
    const own = this.stage.getBoundingClientRect();
    const paints = this.#tool !== "move" && (["brush", "eraser", "smart"].includes(this.#tool) || this.cursor.hasAttribute("data-keys"));
    this.cursor.hidden = !paints;
    const across = (this.#size / this.mask.width) * this.canvas.getBoundingClientRect().width;
    const side = `${Math.max(4, ["rectangle", "lasso"].includes(this.#tool) ? 8 : across)}px`;
    Object.assign(this.cursor.style, { left: `${this.place.clientX - own.left}px`, top: `${this.place.clientY - own.top}px`, inlineSize: side, blockSize: side });
  }

  #moveCross(dx, dy, far) {
    const by = far ? 0.1 : 0.02;
    const inside = (value) => Math.min(1, Math.max(0, value));
    this.#cross = { x: inside(this.#cross.x + dx * by), y: inside(this.#cross.y + dy * by) };
    this.view.bring(this.#cross.x, this.#cross.y);
    this.#showCross();
    const hand = this.#painting;
    if (!hand?.keys) return;
    this.#drag(this.#cross.x * this.mask.width, this.#cross.y * this.mask.height, Infinity);
    this.painted.soon(this.#draft, true);
  }

  #showCross() {
    const box = this.canvas.getBoundingClientRect();
    this.place = { clientX: box.left + this.#cross.x * box.width, clientY: box.top + this.#cross.y * box.height };
    this.cursor.setAttribute("data-keys", "");
    this.#ring();
  }

  #key(event) {
    if (event.target.matches("input[type=number]") && event.key !== "Escape") return event.key === "Enter" ? this.#numbers() : null;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (event.ctrlKey || event.metaKey) {
      if (key !== "z" && key !== "y") return;
      event.preventDefault();
      event.stopPropagation();
      return this.#do(key === "y" || event.shiftKey ? "redo" : "undo");
    }
    if (event.altKey) return;
    const does = this.#keys(key, event);
    if (!does) return;
    event.preventDefault();
    event.stopPropagation();
    does();
  }

  #keys(key, event) {
    const onCanvas = event.target === this.canvas;
    if (TOOLS[key]) return () => this.#use(TOOLS[key]);
    if (key === "[" || key === "]") return () => this.#resize(key === "[" ? -4 : 4);
    if (key === "i") return () => find('[name="except"]', this).click();
    if (key === "+" || key === "-" || key === "0") return () => this.#do({ "+": "larger", "-": "smaller", 0: "fit" }[key]);
    const more = find(".region-more", this);
    if (key === "Escape" && more.open) return () => { more.open = false; find("summary", more).focus(); };
    if (key === "Escape") return () => (this.#draft || this.corner ? this.#cancel() : close());
    if (!onCanvas) return null;
    if (ARROWS[key]) return () => (this.#tool === "move" ? this.view.moveBy(...ARROWS[key].map((way) => way * -40)) : this.#moveCross(...ARROWS[key], event.shiftKey));
    if (key === "Enter") return () => this.#tool === "lasso" && this.#closeShape();
    if (key === " ") return () => !event.repeat && this.#pressKey();
    return null;
  }

  /** The space bar is the hand: down paints, arrows draw on, up lifts. */
  #pressKey() {
    this.#showCross();
    if (this.#tool !== "move") this.#press(this.#cross.x * this.mask.width, this.#cross.y * this.mask.height, { keys: true });
  }

  // Numbers and files.

  #numbers() {
    const fields = all("[data-numbers] input", this);
    if (!fields.every((field) => field.reportValidity())) return;
    const [left, top, width, height] = fields.map((field) => Number(field.value) / 100);
    const { mask } = this;
    mask.add({ kind: "shape", points: box(left * mask.width, top * mask.height, (left + width) * mask.width, (top + height) * mask.height) });
    find(".region-more", this).open = false;
    this.canvas.focus();
    this.#changed(this.#word("added"));
  }

  async #import(event) {
    const [file] = event.target.files;
    // It is no picture for the conversation.
    event.stopPropagation();
    event.target.value = "";
    if (!file) return;
    try {
      const picture = await createImageBitmap(file);
      this.mask.add({ kind: "picture", picture: asAlpha(picture, this.mask.width, this.mask.height), fresh: true });
      find(".region-more", this).open = false;
      this.#changed(this.#word("imported"));
    } catch {
      this.#tell(this.#word("noPicture"));
    }
  }

  async #export() {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(await this.mask.png());
    link.download = `region-of-v${this.dataset.number}.png`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  }
}

/** The corners of a rectangle between two opposite ones. */
const box = (x, y, x2, y2) => [x, y, x2, y, x2, y2, x, y2];

customElements.define("mask-brush", MaskBrush);
