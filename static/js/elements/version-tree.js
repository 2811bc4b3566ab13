// <version-tree>: every version; rows are depth, columns are branches. Arrow keys move as it looks, Enter puts a version on
// the stage, C compares it with what it came from.
//
// Rule: the server says which row and column; here they only become places.
import { all, ask, find, say, toast, word } from "../lib/page.js";
import { showStage } from "../lib/stage.js";
import { close, open } from "../lib/studio.js";
import { arrive, remember } from "../lib/turns.js";

class VersionTree extends HTMLElement {
  connectedCallback() {
    this.nodes = all(".tree-node", this);
    for (const node of this.nodes) {
      const { row, lane, from } = node.parentElement.dataset;
      const { style } = node.parentElement;
      style.gridRow = Number(row) + 1;
      style.gridColumn = Number(lane) + 1;
      const across = Number(row) > 0 ? lane - from : 0;
      style.setProperty("--across", across);
      node.parentElement.classList.toggle("straight", across === 0);
      node.tabIndex = -1;
    }
    this.current = find('[aria-selected="true"]', this) ?? this.nodes[0];
    this.current.tabIndex = 0;
    this.classList.add("placed");
    this.addEventListener("keydown", (event) => this.#key(event));
    this.addEventListener("click", (event) => this.#click(event));
    find("[data-squash]", this)?.addEventListener("submit", (event) => this.#squash(event));
    this.current.scrollIntoView({ block: "center", inline: "center" });
  }

  /** It was just laid over the stage. */
  begin() {
    this.current.scrollIntoView({ block: "center", inline: "center" });
    this.current.focus({ preventScroll: true });
  }

  #click(event) {
    const node = event.target.closest(".tree-node");
    if (!node || !this.dataset.part || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    this.#show(node);
  }

  #show(node) {
    close();
    showStage(node.href);
  }

  #key(event) {
    const node = event.target.closest(".tree-node");
    if (!node || event.ctrlKey || event.metaKey || event.altKey) return;
    const next = this.#next(node, event.key);
    if (next) this.#focus(next);
    else if (event.key === " " && this.dataset.part) this.#show(node);
    else if (event.key.toLowerCase() === "c" && node.dataset.with && this.dataset.part) open("compare", node.dataset.with);
    else if (!/^(Arrow|Home|End)/.test(event.key)) return;
    event.preventDefault();
  }

  #focus(node) {
    this.current.tabIndex = -1;
    this.current = node;
    node.tabIndex = 0;
    node.focus();
    node.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  #next(node, key) {
    const { row, lane, from } = place(node);
    const at = (wanted) => this.nodes.filter((other) => wanted(place(other)));
    const row_ = at((other) => other.row === row).sort((a, b) => place(a).lane - place(b).lane);
    return {
      ArrowUp: () => (row ? at((other) => other.row === row - 1 && other.lane === from)[0] : null),
      ArrowDown: () => at((other) => other.row === row + 1 && other.from === lane).sort((a, b) => place(a).lane - place(b).lane)[0],
      ArrowLeft: () => row_[row_.indexOf(node) - 1],
      ArrowRight: () => row_[row_.indexOf(node) + 1],
      Home: () => this.nodes[0],
      End: () => this.nodes.at(-1),
    }[key]?.();
  }

  /** A turn like any other, sent from here. */
  async #squash(event) {
    event.preventDefault();
    const form = event.target;
    if (form.getAttribute("aria-busy") === "true") return;
    form.setAttribute("aria-busy", "true");
    const body = new URLSearchParams(new FormData(form));
    remember(body.get("client_id"));
    say(word("sending"));
    try {
      const answer = await ask(form.getAttribute("action"), { method: "POST", body });
      if (!answer.ok) return toast(answer.words);
      const card = find("article.turn", answer.doc);
      if (!this.dataset.part) return location.assign(`/s/${this.dataset.session}#${card.id}`);
      close();
      if (!document.getElementById(card.id)) arrive(card.outerHTML);
    } catch {
      toast(word("unreachableAgain"));
    } finally {
      form.removeAttribute("aria-busy");
    }
  }
}

const place = (node) => {
  const { row, lane, from } = node.parentElement.dataset;
  return { row: Number(row), lane: Number(lane), from: Number(from) };
};

customElements.define("version-tree", VersionTree);
