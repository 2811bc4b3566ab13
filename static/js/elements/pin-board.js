// <pin-board>: sets numbered points on a version. A tap sets one, a drag moves it; by keyboard a cross goes over the picture,
// and each point has its two numbers.
//
// Rule: the points are those of `lib/pins.js`; this is their eyes and hands.
import { all as elements, find, say, word } from "../lib/page.js";
import { MOST, all, put } from "../lib/pins.js";

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
/** Nearer than this to a point, a press takes hold of it; nearer to where it began, a drag was a tap. */
const NEAR_PX = 22;
const CLICK_PX = 5;

class PinBoard extends HTMLElement {
  #cross = [0.5, 0.5];
  #held = null;

  connectedCallback() {
    this.view = find(".pins-view", this);
    this.list = find(".pins-list", this);
    const [width, height] = find(".pins-paper", this).dataset.ratio.split("/").map(Number);
    find(".pins-paper", this).style.setProperty("--ratio", width / height);
    this.view.addEventListener("pointerdown", (event) => this.#down(event));
    this.view.addEventListener("pointermove", (event) => this.#move(event));
    for (const end of ["pointerup", "pointercancel"]) this.view.addEventListener(end, () => { this.#held = null; });
    this.view.addEventListener("keydown", (event) => this.#key(event));
    this.view.addEventListener("blur", () => { find(".pins-cross", this).hidden = true; });
    this.list.addEventListener("change", ({ target }) => this.#typed(target));
    this.list.addEventListener("click", ({ target }) => this.#remove(target.closest("button")));
    find("[data-clear]", this).onclick = () => { this.#put([]); say(this.dataset.removed); this.view.focus(); };
    this.#show();
  }

  begin() {
    this.view.focus({ preventScroll: true });
  }

  #put(pins) {
    put(pins, this.dataset.version);
    this.#show();
  }

  #at(event) {
    const box = this.view.getBoundingClientRect();
    return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
  }

  #down(event) {
    if (event.button !== 0 || !event.isPrimary) return;
    event.preventDefault();
    this.view.focus({ preventScroll: true });
    const at = this.#at(event);
    const box = this.view.getBoundingClientRect();
    const near = all().findIndex(([x, y]) => Math.hypot((x - at[0]) * box.width, (y - at[1]) * box.height) < NEAR_PX);
    const number = near >= 0 ? near : this.#add(at);
    this.#held = number === null ? null : { number, x: event.clientX, y: event.clientY, drags: false };
    try {
      this.view.setPointerCapture(event.pointerId);
    } catch {
      // A pointer that is gone already, or was made by a test.
    }
  }

  /** A tap is no drag, though the picture may move a little under it when the list grows. */
  #move(event) {
    const hand = this.#held;
    if (!hand) return;
    hand.drags ||= Math.hypot(event.clientX - hand.x, event.clientY - hand.y) > CLICK_PX;
    if (hand.drags) this.#to(hand.number, this.#at(event));
  }

  #add(at) {
    const pins = all();
    if (pins.length >= MOST) {
      say(word("most", { most: MOST }, this.dataset));
      return null;
    }
    this.#put([...pins, at]);
    say(word("set", { number: pins.length + 1 }, this.dataset));
    return pins.length;
  }

  #to(number, at) {
    const pins = all();
    pins[number] = at.map((share) => Math.min(1, Math.max(0, share)));
    this.#put(pins);
  }

  #key(event) {
    const step = ARROWS[event.key];
    if (step) {
      event.preventDefault();
      const far = event.shiftKey ? 0.1 : 0.01;
      this.#cross = this.#cross.map((share, side) => Math.min(1, Math.max(0, share + step[side] * far)));
      const cross = find(".pins-cross", this);
      cross.hidden = false;
      this.#place(cross, this.#cross);
    } else if (event.key === " " || event.key === "Enter") {
      event.preventDefault();
      this.#add(this.#cross);
    } else if (event.key === "Delete" || event.key === "Backspace") {
      event.preventDefault();
      this.#put(all().slice(0, -1));
    }
  }

  #typed(input) {
    const number = [...this.list.children].indexOf(input.closest("li"));
    const [x, y] = elements("input", this.list.children[number]).map((field) => Number(field.value) / 100);
    if (input.checkValidity() && input.value !== "") this.#to(number, [x, y]);
    else this.#show();
  }

  #remove(button) {
    if (!button) return;
    const number = [...this.list.children].indexOf(button.closest("li"));
    this.#put(all().filter((_, at) => at !== number));
    (find("button", this.list.children[Math.min(number, this.list.children.length - 1)] ?? this) ?? this.view).focus();
  }

  #place(element, [x, y]) {
    element.style.insetInlineStart = `${x * 100}%`;
    element.style.insetBlockStart = `${y * 100}%`;
  }

  #show() {
    const pins = all();
    for (const dot of elements(".pins-dot", this)) dot.remove();
    const focused = this.list.contains(document.activeElement) ? elements("input, button", this.list).indexOf(document.activeElement) : -1;
    this.list.replaceChildren(...pins.map((pin, number) => this.#line(pin, number + 1)));
    if (focused >= 0) elements("input, button", this.list)[focused]?.focus();
    pins.forEach((pin, number) => {
      const dot = document.createElement("span");
      dot.className = "pins-dot";
      dot.textContent = number + 1;
      this.#place(dot, pin);
      this.view.append(dot);
    });
    find("[data-clear]", this).disabled = !pins.length;
  }

  #line([x, y], number) {
    const line = find("template", this).content.firstElementChild.cloneNode(true);
    find(".pins-number", line).textContent = number;
    const [left, top] = elements("input", line);
    left.value = Math.round(x * 1000) / 10;
    top.value = Math.round(y * 1000) / 10;
    left.setAttribute("aria-label", word("left", { number }, this.dataset));
    top.setAttribute("aria-label", word("top", { number }, this.dataset));
    find(".unseen", line).textContent = word("remove", { number }, this.dataset);
    return line;
  }
}

customElements.define("pin-board", PinBoard);
