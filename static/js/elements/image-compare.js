// <image-compare>: two versions in one frame. Slider, side by side, hold, difference; all by mouse, finger and keyboard,
// none by dragging alone.
//
// Rule: the first version gives the frame and the second is fitted into it; how much differs is said by the server, which
// has the pixels themselves.
import { FRAGMENT, all, ask, find, replace, toast, understood, word } from "../lib/page.js";
import { close, follow } from "../lib/studio.js";

const MODES = ["slider", "side", "hold", "difference"];
/** How it was looked at last, on this page. */
let way = "slider";

class ImageCompare extends HTMLElement {
  #url = null;
  #held = false;

  connectedCallback() {
    this.pair = find(".compare-pair", this);
    this.slider = find(".compare-slider", this);
    this.holder = find(".compare-hold", this);
    const [first] = all("img", this);
    this.pair.style.setProperty("--ratio", first.getAttribute("width") / first.getAttribute("height"));
    this.slider.addEventListener("input", () => this.#slide());
    find("form", this).addEventListener("change", (event) => this.#chosen(event.target));
    find("[data-swap]", this).addEventListener("click", (event) => { event.preventDefault(); this.#load(this.dataset.b, this.dataset.a); });
    this.addEventListener("keydown", (event) => this.#key(event));
    this.addEventListener("keyup", (event) => event.key === " " && this.#hold(false));
    this.pair.addEventListener("pointerdown", (event) => this.dataset.mode === "hold" && event.button === 0 && this.#hold(true));
    this.pair.addEventListener("contextmenu", (event) => this.dataset.mode === "hold" && event.preventDefault());
    for (const end of ["pointerup", "pointercancel", "blur"]) addEventListener(end, this.#release);
    this.#go(way);
  }

  disconnectedCallback() {
    for (const end of ["pointerup", "pointercancel", "blur"]) removeEventListener(end, this.#release);
    if (this.#url) URL.revokeObjectURL(this.#url);
  }

  /** It was just laid over the stage. */
  begin() {
    (this.dataset.mode === "slider" ? this.slider : find('input[name="mode"]:checked', this)).focus({ preventScroll: true });
  }

  /** Another version came to the stage: that one is compared. */
  staged({ version }) {
    if (version !== this.dataset.b) this.#load(this.dataset.a, version);
  }

  #release = () => this.#hold(false);

  #chosen(field) {
    if (field.name === "mode") return this.#go(field.value);
    const [a, b] = all("select", this).map((select) => select.value);
    this.#load(a, b);
  }

  async #load(a, b) {
    try {
      const answer = await ask(`/s/${this.dataset.session}/compare?a=${a}&b=${b}`);
      if (!answer.ok) return toast(answer.words);
      const part = answer.doc.getElementById("compare");
      if (this.dataset.part) follow(part);
      replace(this, part);
    } catch {
      toast(word("unreachable"));
    }
  }

  #go(mode) {
    way = mode;
    const radio = find(`input[value="${mode}"]`, this);
    radio.checked = true;
    // The slider is about to go, and the focus must not go with it.
    if (document.activeElement === this.slider || document.activeElement === this.holder) radio.focus();
    this.dataset.mode = mode;
    this.#hold(false);
    this.#slide();
    this.#say("");
    if (mode === "difference") this.#differ();
    if (mode === "hold") this.#say(word("holdWords", { shown: this.#name("b"), other: this.#name("a") }, this.dataset));
  }

  #slide() {
    this.pair.style.setProperty("--at", `${this.slider.value}%`);
    this.slider.setAttribute("aria-valuetext", `${this.slider.value} % ${this.#name("a")}`);
  }

  #name(side) {
    return find(`[data-side="${side}"] figcaption`, this).textContent;
  }

  #say(words) {
    find("[data-compare-words]", this).textContent = words;
  }

  /** Shows the first one alone, for as long as it is held. */
  #hold(on) {
    if (this.#held === on) return;
    this.#held = on;
    this.toggleAttribute("data-held", on);
    this.holder.setAttribute("aria-pressed", String(on));
  }

  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("select")) return;
    const does = {
      " ": () => event.target.closest("a") || this.#hold(true),
      Enter: () => event.target === this.holder && this.#hold(!this.#held),
      m: () => this.#go(MODES[(MODES.indexOf(this.dataset.mode) + 1) % MODES.length]),
      x: () => this.#load(this.dataset.b, this.dataset.a),
      c: () => (this.dataset.part ? close() : null),
    }[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!does || (event.key === "Enter" && event.target !== this.holder)) return;
    event.preventDefault();
    if (!event.repeat) does();
  }

  /** The server counts on the stored pixels: small copies differ by their compression alone. */
  async #differ() {
    if (this.#url) return this.#tell();
    this.#say(word("comparing", {}, this.dataset));
    try {
      const answer = await fetch(`/s/${this.dataset.session}/difference?a=${this.dataset.a}&b=${this.dataset.b}`, { headers: { Accept: FRAGMENT } });
      if (!answer.ok) return this.#say(understood(answer.status, await answer.text()).words);
      this.share = Number(answer.headers.get("plantain-changed"));
      this.#url = URL.createObjectURL(await answer.blob());
      const picture = document.createElement("img");
      picture.className = "compare-difference";
      picture.alt = word("differs", {}, this.dataset);
      picture.src = this.#url;
      this.pair.append(picture);
      if (this.dataset.mode === "difference") this.#tell();
    } catch {
      this.#say(word("unreachable"));
    }
  }

  #tell() {
    this.#say(word(this.share === 0 ? "none" : "share", { share: this.#percent }, this.dataset));
  }

  /** A share as people say it. */
  get #percent() {
    const { share } = this;
    if (share < 0.001) return word("little", {}, this.dataset);
    return `${share < 0.1 ? Math.round(share * 1000) / 10 : Math.round(share * 100)} %`;
  }
}

customElements.define("image-compare", ImageCompare);
