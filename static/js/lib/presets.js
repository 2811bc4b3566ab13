// Presets over the session page: choosing one fills the composer, with the first blank selected, and says which pictures it
// still needs. Comes with the first opening of the list.
import { find, say, word } from "./page.js";

const BLANK = /\[[^\]]*\]/;
const dialog = find("#dialog");
const form = find("#composer");
const list = find("#references");
let pictures = [];
/** What the list says; it stays when the list is closed. */
let said;

dialog.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-preset]");
  if (!link || !form || event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  dialog.close();
  use(link.dataset);
});

function use({ text, ratio, pictures: needs }) {
  const box = find("#instruction");
  box.focus();
  box.select();
  // The one way after which the browser's own undo brings back what was there.
  if (!document.execCommand("insertText", false, text)) box.value = text;
  const shape = find('select[name="ratio"]', form);
  if (shape) shape.value = [...shape.options].some((option) => option.value === ratio) ? ratio : "";
  if (shape?.value && shape.checkVisibility()) shape.closest("details").open = true;
  box.dispatchEvent(new Event("input", { bubbles: true }));
  const blank = box.value.match(BLANK);
  if (blank) box.setSelectionRange(blank.index, blank.index + blank[0].length);
  box.scrollTop = 0;
  pictures = JSON.parse(needs);
  tell();
  say(word(blank ? "blank" : "there", { blank: blank?.[0].slice(1, -1) }, said));
}

function tell() {
  const missing = pictures.map((name, place) => word("numbered", { name, number: place + 2 }, said)).slice(list.children.length);
  find("#preset-needs").textContent = missing.length ? word("missing", { pictures: missing.join(said.comma) }, said) : "";
}

if (list) new MutationObserver(tell).observe(list, { childList: true });
form?.addEventListener("submit", () => { pictures = []; tell(); });

/** The list was opened: what is in the composer is what one would save. */
export function begin(panel) {
  said = panel.dataset;
  const text = find("[data-save] [name=text]", panel);
  const typed = find("#instruction")?.value.trim();
  if (typed && text) text.value = typed;
}

document.addEventListener("swapped", ({ detail }) => detail.id === "presets" && begin(detail));

// A file is read here and sent as if it had been pasted.
dialog.addEventListener("change", async (event) => {
  const { target } = event;
  if (!target.matches("[data-preset-file]") || !target.files.length) return;
  const sheet = target.closest("form");
  // It is no picture for the session.
  event.stopPropagation();
  find("[name=json]", sheet).value = await target.files[0].text();
  target.value = "";
  sheet.requestSubmit();
});
