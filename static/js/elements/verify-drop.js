// <verify-drop>: the whole window takes one picture, by drop and paste, and asks about it. Without scripts its form does.
class VerifyDrop extends HTMLElement {
  connectedCallback() {
    addEventListener("dragover", (event) => this.#over(event));
    addEventListener("dragleave", (event) => event.relatedTarget === null && this.classList.remove("over"));
    addEventListener("drop", (event) => this.#take(event, event.dataTransfer));
    addEventListener("paste", (event) => this.#take(event, event.clipboardData));
  }

  #over(event) {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    this.classList.add("over");
  }

  #take(event, transfer) {
    const file = [...(transfer?.files ?? [])].find(({ size }) => size > 0);
    if (!file) return;
    event.preventDefault();
    this.classList.remove("over");
    const one = new DataTransfer();
    one.items.add(file);
    const form = this.querySelector("form");
    form.elements.picture.files = one.files;
    form.requestSubmit();
  }
}

customElements.define("verify-drop", VerifyDrop);
