// <version-stage>: the picture on the stage. Hold it (or its button, or Space) to see the version before it.
//
// The version before lies over the picture in the same frame, fitted into it when its shape is another.
import { find } from "../lib/page.js";

class VersionStage extends HTMLElement {
  #listen = new AbortController();
  /** What is held: a press on the button takes the focus from the picture, and that is no letting go. */
  #held = null;

  connectedCallback() {
    this.before = find(".before", this);
    if (!this.before) return;
    const { signal } = this.#listen;
    const button = find("[data-hold]", this.closest("#stage"));
    button.setAttribute("role", "button");
    button.setAttribute("aria-pressed", "false");
    button.addEventListener("click", (event) => event.preventDefault(), { signal });
    button.addEventListener("contextmenu", (event) => event.preventDefault(), { signal });
    button.draggable = false;
    this.button = button;
    for (const target of [this, button]) {
      target.addEventListener("pointerenter", () => this.#load(), { signal, once: true });
      target.addEventListener("focus", () => this.#load(), { signal, once: true });
      target.addEventListener("pointerdown", (event) => event.isPrimary && event.button === 0 && this.#hold(target), { signal });
      target.addEventListener("keydown", (event) => this.#key(event, true), { signal });
      target.addEventListener("keyup", (event) => this.#key(event, false), { signal });
      target.addEventListener("blur", () => this.#held === target && this.#hold(null), { signal });
    }
    for (const end of ["pointerup", "pointercancel", "blur"]) addEventListener(end, () => this.#hold(null), { signal });
    this.addEventListener("dragstart", (event) => event.preventDefault(), { signal });
    this.addEventListener("contextmenu", (event) => matchMedia("(pointer: coarse)").matches && event.preventDefault(), { signal });
  }

  disconnectedCallback() {
    this.#listen.abort();
  }

  #key(event, down) {
    const holds = event.key === " " || (event.key === "Enter" && event.currentTarget === this.button);
    if (!holds) return;
    event.preventDefault();
    if (!event.repeat) this.#hold(down ? event.currentTarget : null);
  }

  #hold(target) {
    this.#held = target;
    this.#show(target !== null);
  }

  /** The small picture is there at once; the large one follows when somebody comes near. */
  #load() {
    const large = this.before.dataset.src;
    if (!large) return;
    delete this.before.dataset.src;
    const image = new Image();
    image.src = large;
    image.decode().then(() => { this.before.src = large; }, () => {});
  }

  #show(on) {
    if (this.classList.contains("parent-shown") === on) return;
    this.#load();
    const frame = find(".picture:not(.before)", this).getBoundingClientRect();
    const own = this.getBoundingClientRect();
    const { style } = this.before;
    style.left = `${frame.left - own.left}px`;
    style.top = `${frame.top - own.top}px`;
    style.inlineSize = `${frame.width}px`;
    style.blockSize = `${frame.height}px`;
    this.classList.toggle("parent-shown", on);
    this.before.hidden = !on;
    find(".before-label", this).hidden = !on;
    this.button.setAttribute("aria-pressed", String(on));
  }
}

customElements.define("version-stage", VersionStage);

// Undo and redo, while the stage has the focus.
document.addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.altKey || event.key.toLowerCase() !== "z") return;
  const stage = event.target.closest?.("#stage, #filmstrip") && find("#stage");
  if (!stage) return;
  event.preventDefault();
  const button = find(`form[data-key="${event.shiftKey ? "redo" : "undo"}"] button`, stage);
  if (!button.disabled) button.form.requestSubmit(button);
});
