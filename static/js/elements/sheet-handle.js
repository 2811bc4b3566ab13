// <sheet-handle>: on small screens the conversation is a sheet with three stops: composer only, half, full. A press
// goes to the next stop; dragging goes up or down.
import { find, word } from "../lib/page.js";

const STOPS = ["composer", "half", "full"];
const DRAG_PX = 24;
// On a low screen the picture needs the room.
const LOW_PX = 700;

class SheetHandle extends HTMLElement {
  connectedCallback() {
    this.sheet = this.closest(".talk");
    const button = find("button", this);
    let from = null;
    let dragged = false;
    button.addEventListener("pointerdown", (event) => { from = event.clientY; dragged = false; button.setPointerCapture(event.pointerId); });
    button.addEventListener("pointermove", (event) => {
      const way = from === null ? 0 : from - event.clientY;
      if (Math.abs(way) < DRAG_PX) return;
      dragged = true;
      from = event.clientY;
      this.#go(this.#at + Math.sign(way));
    });
    button.addEventListener("pointerup", () => { from = null; });
    button.addEventListener("click", () => { if (!dragged) this.#go((this.#at + 1) % STOPS.length); });
    this.#go(innerHeight < LOW_PX ? 0 : 1);
  }

  get #at() {
    return STOPS.indexOf(this.sheet.dataset.stop ?? "half");
  }

  #go(to) {
    const stop = STOPS[Math.min(Math.max(to, 0), STOPS.length - 1)];
    this.sheet.dataset.stop = stop;
    find("button", this).setAttribute("aria-label", word(stop === "full" ? "sheetLess" : "sheetMore"));
  }
}

customElements.define("sheet-handle", SheetHandle);
