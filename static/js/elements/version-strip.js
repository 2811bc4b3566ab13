// <version-strip>: the path to the version on the stage. The current one comes into view; arrow keys move along it.
import { all, find } from "../lib/page.js";

class VersionStrip extends HTMLElement {
  connectedCallback() {
    const current = find('[aria-current="true"]', this);
    if (current) this.scrollLeft = current.offsetLeft - (this.clientWidth - current.offsetWidth) / 2;
    this.addEventListener("keydown", (event) => this.#key(event));
  }

  #key(event) {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const links = all("a", this);
    links[links.indexOf(document.activeElement) + step]?.focus();
  }
}

customElements.define("version-strip", VersionStrip);
