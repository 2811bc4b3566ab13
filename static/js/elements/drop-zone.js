// <drop-zone data-for="sessions"> or <drop-zone data-for="references" data-session="…">: the whole window takes files,
// by drop, paste and the page's file inputs. Without scripts the form inside it does the same, one file at a time.
import { find, toast, word } from "../lib/page.js";
import { upload } from "../lib/pictures.js";

// A picture dragged from this very page counts as a file, too, but is none of ours to take in.
let own = false;
const hasFiles = (transfer) => !own && transfer?.types.includes("Files");
const filesOf = (transfer) => [...transfer.files].filter((file) => file.size > 0);

class DropZone extends HTMLElement {
  #frame = null;
  #listen = new AbortController();

  connectedCallback() {
    const { signal } = this.#listen;
    addEventListener("dragstart", () => { own = true; }, { signal });
    addEventListener("dragend", () => { own = false; }, { signal });
    addEventListener("dragenter", (event) => this.#enter(event), { signal });
    addEventListener("dragover", (event) => hasFiles(event.dataTransfer) && event.preventDefault(), { signal });
    addEventListener("dragleave", (event) => event.relatedTarget === null && this.#hide(), { signal });
    // Nothing else moves while something is dragged: where the end of it wasn't told, this tells it.
    addEventListener("pointermove", () => this.#hide(), { signal });
    addEventListener("drop", (event) => this.#drop(event), { signal });
    addEventListener("paste", (event) => this.#paste(event), { signal });
    addEventListener("change", (event) => this.#change(event), { signal });
  }

  disconnectedCallback() {
    this.#listen.abort();
  }

  get #isHome() {
    return this.dataset.for === "sessions";
  }

  #enter(event) {
    if (!hasFiles(event.dataTransfer)) return;
    event.preventDefault();
    this.#frame ??= this.#show();
    for (const half of this.#frame.children) half.classList.toggle("over", half === event.target);
  }

  #show() {
    const frame = document.createElement("div");
    frame.className = "drop-frame";
    // For who drags; everybody else has buttons that say the same.
    frame.ariaHidden = "true";
    frame.append(half("start", word(this.#isHome ? "dropStart" : "dropEdit"), word("dropEditHint")));
    if (!this.#isHome) frame.append(half("reference", word("dropReference"), word("dropReferenceHint")));
    document.body.append(frame);
    return frame;
  }

  #hide() {
    this.#frame?.remove();
    this.#frame = null;
  }

  #drop(event) {
    if (!hasFiles(event.dataTransfer)) return;
    event.preventDefault();
    const use = event.target.closest?.(".drop-half")?.dataset.use ?? (this.#isHome ? "start" : "reference");
    this.#hide();
    this.#take(filesOf(event.dataTransfer), use);
  }

  #paste(event) {
    const files = event.clipboardData ? filesOf(event.clipboardData) : [];
    // Copied text often brings a picture of itself along; in a text field the words are meant.
    const words = event.target.closest?.("textarea, input") && event.clipboardData?.getData("text/plain");
    if (!files.length || words) return;
    event.preventDefault();
    this.#take(files, this.#isHome ? "start" : "reference");
  }

  #change(event) {
    const input = event.target;
    if (!input.matches?.('input[type="file"]') || !input.files.length) return;
    const files = [...input.files];
    input.value = "";
    this.#take(files, this.#isHome ? "start" : "reference");
  }

  #take(files, use) {
    if (!files.length) return toast(word("noFile"));
    if (use === "start") this.#start(files);
    else for (const file of files) this.#reference(file);
  }

  /** Each file becomes a session of its own; the only one is opened. */
  async #start(files) {
    const place = find("#uploads") ?? find("#toasts");
    const made = await Promise.all(files.map((file) => upload(file, "/sessions", place)));
    const places = made.filter(Boolean).map(({ answer }) => answer.location);
    if (places.length === files.length) location.assign(places.length === 1 ? places[0] : "/");
    else if (places.length) toast(word("othersThere"));
  }

  async #reference(file) {
    const list = find("#references");
    const most = Number(find("turn-composer")?.dataset.maxReferences ?? 0);
    if (!list) return;
    if (list.children.length >= most) return toast(word("mostReferences", { most }));
    const made = await upload(file, `/s/${this.dataset.session}/pictures`, list);
    const item = made && find("li", made.answer.doc.body);
    if (!item) return;
    made.tile.replaceWith(item);
    made.done();
    list.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

function half(use, title, hint) {
  const place = document.createElement("div");
  place.className = "drop-half";
  place.dataset.use = use;
  const strong = document.createElement("strong");
  strong.textContent = title;
  const small = document.createElement("span");
  small.className = "hint";
  small.textContent = hint;
  place.append(strong, small);
  return place;
}

customElements.define("drop-zone", DropZone);
