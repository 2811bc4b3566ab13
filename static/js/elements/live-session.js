// <live-session data-events="…" data-revision="…">: one event stream per page. Turns, the session's head and progress
// come in as they happen; after a break the stream goes on from the last revision seen, so nothing is missed.
//
// A tab hidden for a minute closes its stream (a browser allows six connections to a host) and catches up when shown;
// while something it sent is open it stays, so that the title can tell of it.
import { ask, find, parse, replace, say, swap, toast, word } from "../lib/page.js";
import { arrive, offer, toEnd, waits } from "../lib/turns.js";

const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 15_000;
const QUIET_MS = 2500;
const HIDDEN_MS = 60_000;
const SETTLE_MS = 900;

class LiveSession extends HTMLElement {
  #running = null;
  #stream = null;
  #wait = FIRST_WAIT_MS;
  #timer = null;
  #quiet = null;
  #lost = null;
  #hidden = null;
  #ended = false;

  connectedCallback() {
    this.last = this.dataset.revision;
    toEnd();
    this.#open();
    document.addEventListener("visibilitychange", () => this.#visibility());
    addEventListener("online", () => this.#again(0));
    // A page kept in the browser's memory may not hold a connection.
    addEventListener("pagehide", () => this.#close());
    addEventListener("pageshow", (event) => event.persisted && this.#open());
  }

  #open() {
    if (this.#stream || this.#ended) return;
    const stream = new EventSource(`${this.dataset.events}?after=${encodeURIComponent(this.last)}`);
    this.#stream = stream;
    stream.onopen = () => this.#opened();
    stream.onerror = () => this.#broke(stream.readyState === EventSource.CLOSED);
    stream.addEventListener("turn", (event) => { this.#seen(event); arrive(event.data); this.#running?.then(({ end }) => end(event.data), () => {}); });
    stream.addEventListener("session", (event) => { this.#seen(event); this.#head(event.data); });
    stream.addEventListener("part", (event) => swap(parse(event.data)));
    stream.addEventListener("progress", (event) => this.#tell(JSON.parse(event.data)));
    stream.addEventListener("gone", (event) => this.#gone(event.data));
  }

  #close() {
    this.#stream?.close();
    this.#stream = null;
    clearTimeout(this.#timer);
  }

  #seen(event) {
    if (event.lastEventId) this.last = event.lastEventId;
  }

  #opened() {
    this.#wait = FIRST_WAIT_MS;
    clearTimeout(this.#quiet);
    this.#quiet = null;
    if (!this.#lost) return;
    this.#lost.remove();
    this.#lost = null;
    offline(false);
    toast(word("connected"));
  }

  /** Tries again by itself, ever more slowly; says so only when it takes a while. */
  #broke(refused) {
    this.#close();
    if (this.#ended) return;
    if (refused) this.#askWhy();
    this.#quiet ??= setTimeout(() => {
      this.#lost = toast(word("lost"), { stays: true });
      offline(true);
    }, QUIET_MS);
    this.#again(this.#wait * (0.75 + Math.random() / 2));
    this.#wait = Math.min(this.#wait * 2, LONGEST_WAIT_MS);
  }

  /** The server answered, but with no stream: perhaps this session is no longer open to us. */
  async #askWhy() {
    try {
      const answer = await ask(location.pathname);
      if ([401, 403, 404, 410].includes(answer.status)) this.#gone(answer.words);
    } catch {
      // It can't be reached at all; the next try will tell.
    }
  }

  #again(wait) {
    clearTimeout(this.#timer);
    if (!document.hidden || this.#stream) this.#timer = setTimeout(() => this.#open(), wait);
  }

  #visibility() {
    clearTimeout(this.#hidden);
    if (document.hidden) this.#hidden = setTimeout(() => (waits() ? this.#visibility() : this.#close()), HIDDEN_MS);
    else this.#open();
  }

  /** What follows a running turn is fetched with the first word of one. */
  #tell(running) {
    this.#running ??= import("../lib/progress.js");
    this.#running.then(({ tell }) => tell(running), () => { this.#running = null; });
  }

  #head(html) {
    const head = find("#session-head", parse(html));
    const elder = find("#session-head");
    if (!head || !elder) return;
    const moved = head.dataset.selected !== elder.dataset.selected;
    // Somebody who is writing a new title keeps it; the head comes again with the next change.
    if (elder.contains(document.activeElement) && find("details[open]", elder)) elder.dataset.selected = head.dataset.selected;
    else replace(elder, head);
    if (moved) setTimeout(() => this.#tellOfMove(head.dataset.selected), SETTLE_MS);
  }

  /** Says that the selection is elsewhere, unless by now the stage followed it, follows it still, or a new version was offered. */
  #tellOfMove(selected) {
    if (find('[aria-busy="true"]')) return setTimeout(() => this.#tellOfMove(selected), SETTLE_MS);
    const isCurrent = find("#session-head").dataset.selected === selected;
    const isShown = find("#stage")?.dataset.version === selected;
    if (isCurrent && !isShown && find("#new-version")?.hidden) offer(`${location.pathname}?v=${selected}`, word("moved"));
  }

  /** The link was revoked or the session deleted: says why and asks no more. */
  #gone(words) {
    this.#ended = true;
    this.#close();
    const text = words || word("gone");
    const notice = document.createElement("p");
    notice.className = "viewing";
    notice.setAttribute("role", "alert");
    notice.textContent = text;
    find(".composer, .viewing")?.replaceWith(notice);
    document.body.dataset.may = "view";
    say(text);
  }
}

/** Lets the composer say it, too. */
function offline(is) {
  document.body.toggleAttribute("data-offline", is);
  document.dispatchEvent(new Event("connection"));
}

customElements.define("live-session", LiveSession);
