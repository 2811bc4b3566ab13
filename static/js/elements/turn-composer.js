// <turn-composer>: the form below the conversation. Enter sends; words and tiles stay until the server has accepted
// the turn, and the same turn sent twice (a lost answer) has the same client_id.
//
// The only thing this browser keeps for itself is the unsent draft, per session.
import { all, ask, find, freshId, say, toast, word } from "../lib/page.js";
import { showStage } from "../lib/stage.js";
import { arrive, insert, remember } from "../lib/turns.js";

class TurnComposer extends HTMLElement {
  connectedCallback() {
    this.form = find("#composer", this);
    this.box = find("#instruction", this);
    this.list = find("#references", this);
    this.draft = `draft:${this.form.dataset.session}`;
    this.recalled = -1;
    this.form.addEventListener("submit", (event) => this.#submit(event));
    this.box.addEventListener("keydown", (event) => this.#key(event));
    this.box.addEventListener("input", () => this.#changed());
    this.list.addEventListener("click", (event) => this.#tile(event));
    this.list.addEventListener("change", () => this.#hint());
    find('select[name="backend"]', this)?.addEventListener("change", () => this.#hint());
    document.addEventListener("click", (event) => this.#elsewhere(event));
    this.form.addEventListener("input", () => import("../lib/forecast.js"), { once: true });
    if (!this.box.value) this.box.value = kept(this.draft);
    document.addEventListener("connection", () => this.#hint());
    document.addEventListener("arrived", ({ detail }) => detail === this.lost?.client.value && this.#settle(this.lost));
    this.plainHint = find("[data-hint]", this).textContent;
    this.#changed();
    if (matchMedia("(hover: hover)").matches && !location.hash) this.box.focus({ preventScroll: true });
  }

  #key(event) {
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key === "Enter" && !event.shiftKey && !event.altKey) {
      event.preventDefault();
      this.form.requestSubmit();
    } else if (event.key === "ArrowUp" && (this.box.value === "" || this.recalled >= 0)) {
      this.#recall(event, 1);
    } else if (event.key === "ArrowDown" && this.recalled >= 0) {
      this.#recall(event, -1);
    }
  }

  /** Earlier words, newest first; below the newest the box is empty again. */
  #recall(event, step) {
    const said = all(".turn-text").map((text) => text.textContent).reverse();
    const to = Math.min(this.recalled + step, said.length - 1);
    event.preventDefault();
    this.box.value = said[to] ?? "";
    this.#changed();
    this.recalled = to;
  }

  #changed() {
    this.recalled = -1;
    if (!CSS.supports("field-sizing", "content")) {
      this.box.style.blockSize = "auto";
      this.box.style.blockSize = `${this.box.scrollHeight}px`;
    }
    keep(this.draft, this.box.value);
    this.#hint();
  }

  /** What the words and tiles mean together: which tiles are spoken of, and whether the backend takes them. */
  #hint() {
    const named = new Set([...this.box.value.matchAll(/(?:\bimage\s*|@)(\d+)/gi)].map((match) => Number(match[1])));
    const tiles = all(".reference", this.list);
    tiles.forEach((tile, place) => tile.classList.toggle("named", named.has(place + 2)));
    const backend = find('select[name="backend"] option:checked, input[name="backend"]', this);
    const takes = Number(backend?.dataset.references ?? 0);
    const missing = [...named].filter((number) => number > tiles.length + 1);
    let hint = this.plainHint;
    if (tiles.length > takes) hint = takes ? word("tooManyReferences", { most: takes }) : word("noReferences");
    else if (missing.length) hint = word("noImage", { number: missing[0] });
    if (document.body.hasAttribute("data-offline")) hint = word("offline");
    find("[data-hint]", this).textContent = hint;
  }

  #complain(words) {
    const place = find("#composer-error");
    place.textContent = words;
    if (words) this.box.setAttribute("aria-invalid", "true");
    else this.box.removeAttribute("aria-invalid");
  }

  async #submit(event) {
    event.preventDefault();
    if (this.form.getAttribute("aria-busy") === "true") return;
    if (!this.box.value.trim()) return this.box.focus();
    if (find(".upload:not([data-failed])", this.list)) return this.#complain(word("stillSending"));
    this.#complain("");
    this.lost = null;
    this.form.setAttribute("aria-busy", "true");
    const stop = new AbortController();
    const client = find('[name="client_id"]', this.form);
    const said = this.box.value;
    this.#nameAnew(client);
    const body = new URLSearchParams(new FormData(this.form));
    const card = this.#sendingCard(client.value, stop);
    remember(client.value);
    say(word("sending"));
    try {
      const answer = await ask(this.form.getAttribute("action"), { method: "POST", body, signal: stop.signal });
      if (answer.ok) this.#accepted(answer, { client, said });
      else this.#refused(answer);
    } catch (error) {
      if (error.name !== "AbortError") this.#unanswered({ client, said });
    } finally {
      card.closest("li")?.remove();
      this.form.removeAttribute("aria-busy");
    }
  }

  /** A turn tried again has its old name, so that it can't be made twice; other words or pictures are another turn. */
  #nameAnew(client) {
    const form = new FormData(this.form);
    form.delete("client_id");
    const wish = new URLSearchParams(form).toString();
    if (this.tried && this.tried !== wish) client.value = freshId();
    this.tried = wish;
  }

  /** The card appears at once; it is the page's own blank card with the words filled in. */
  #sendingCard(client, stop) {
    const card = find("#sending-card").content.firstElementChild.cloneNode(true);
    card.id = `turn-${client}`;
    card.dataset.client = client;
    find(".turn-text", card).textContent = this.box.value.trim();
    find("[data-abort]", card).onclick = () => stop.abort();
    insert(card, true);
    return card;
  }

  /** Perhaps it never arrived, perhaps only its answer got lost: then the stream brings its card, or has brought it. */
  #unanswered(sent) {
    this.lost = sent;
    if (find(`.turn[data-client="${sent.client.value}"]:not([data-state="sending"])`)) return this.#settle(sent);
    this.#complain(word("kept"));
  }

  #accepted(answer, sent) {
    const card = find("article.turn", answer.doc);
    this.#settle(sent);
    // The stream may have been quicker, and then it knows more.
    if (card && !document.getElementById(card.id)) arrive(card.outerHTML);
  }

  /** The server has the turn: the composer is free for the next. */
  #settle({ client, said }) {
    client.value = freshId();
    this.tried = null;
    this.lost = null;
    this.#complain("");
    // What was typed meanwhile is for the next turn.
    if (this.box.value.startsWith(said)) this.box.value = this.box.value.slice(said.length).trimStart();
    this.list.replaceChildren();
    this.#changed();
  }

  #refused(answer) {
    this.#complain(answer.words);
    this.box.focus();
  }

  #tile(event) {
    const tile = event.target.closest(".reference");
    const move = Number(event.target.closest("[data-move]")?.dataset.move ?? 0);
    if (!tile) return;
    if (event.target.closest("[data-remove]")) {
      (find("button:last-of-type", tile.nextElementSibling ?? tile.previousElementSibling ?? this.form) ?? this.box).focus();
      tile.remove();
      say(word("removed"));
    } else if (move < 0 && tile.previousElementSibling) {
      tile.previousElementSibling.before(tile);
    } else if (move > 0 && tile.nextElementSibling) {
      tile.nextElementSibling.after(tile);
    } else {
      return;
    }
    if (move) {
      event.target.closest("button").focus();
      say(word("nowImage", { number: [...this.list.children].indexOf(tile) + 2 }));
    }
    this.#hint();
  }

  #elsewhere(event) {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    const idea = event.target.closest("[data-idea]");
    const again = event.target.closest("a[data-again]");
    const reference = event.target.closest("a[data-reference]");
    if (!idea && !again && !reference) return;
    event.preventDefault();
    if (idea) this.#say(idea.textContent);
    else if (again) this.#again(again);
    else this.#addReference(reference);
  }

  #say(words) {
    this.box.value = words;
    this.#changed();
    this.box.focus();
    this.box.setSelectionRange(words.length, words.length);
  }

  /** Base, references, words and choices of an earlier turn come back; sending makes a branch beside it. */
  async #again(link) {
    const words = find(".turn-text", link.closest(".turn")).textContent;
    const url = new URL(link.href);
    const base = url.searchParams.get("v");
    const tiles = await this.#tilesOf(url);
    if (!tiles) return;
    if (find("#stage").dataset.version !== base) await showStage(`${url.pathname}?v=${base}`);
    this.list.replaceChildren(...tiles);
    const backend = find(`select[name="backend"] option[value="${CSS.escape(link.dataset.again)}"]`, this);
    if (backend) backend.selected = true;
    const chosen = new URLSearchParams(link.dataset.options);
    for (const list of all(".choice-row select", this)) {
      list.value = chosen.get(list.name) ?? "";
      if (list.selectedIndex < 0) list.selectedIndex = 0;
    }
    if (link.dataset.options) find(".outlook details", this).open = true;
    this.#say(words);
    this.form.dispatchEvent(new Event("input"));
  }

  async #addReference(link) {
    const id = `ref-${link.dataset.reference}`;
    if (document.getElementById(id)) return toast(word("thereAlready"));
    if (this.list.children.length >= Number(this.dataset.maxReferences)) return toast(word("mostReferences", { most: this.dataset.maxReferences }));
    const tiles = await this.#tilesOf(new URL(link.href));
    if (!tiles || document.getElementById(id)) return;
    this.list.append(...tiles.filter((tile) => tile.id === id));
    this.#hint();
    say(word("addedImage", { number: this.list.children.length + 1 }));
  }

  /** The reference tiles that the server's page of this address has. */
  async #tilesOf(url) {
    if (!url.searchParams.has("ref")) return [];
    try {
      const answer = await ask(url.href);
      if (answer.ok) return all("#references > li", answer.doc);
      toast(answer.words);
    } catch {
      toast(word("unreachable"));
    }
    return null;
  }
}

/** The draft of this name; none where the browser forbids keeping any. */
function kept(name) {
  try {
    return sessionStorage.getItem(name) ?? "";
  } catch {
    return "";
  }
}

function keep(name, words) {
  try {
    if (words) sessionStorage.setItem(name, words);
    else sessionStorage.removeItem(name);
  } catch {
    // It lives in the text field only, then.
  }
}

customElements.define("turn-composer", TurnComposer);
