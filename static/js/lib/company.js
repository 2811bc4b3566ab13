// What makes the composer good company, once the browser has time: it tells others that somebody types, offers quick next
// steps, and opens the coach. Comes late, with `studio.js`, and brings a style sheet of its own.
import { find } from "./page.js";

const AGAIN_MS = 3000;
const box = find("#instruction");

if (find("#people")) dress();
if (box) {
  box.addEventListener("input", typing);
  addEventListener("click", press);
  const coach = find("#coach");
  const open = () => coach.open && import("./coach.js");
  coach.addEventListener("toggle", open);
  open();
}

function dress() {
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = new URL("../../css/company.css", import.meta.url).pathname;
  document.head.append(link);
}

let told = 0;
/** Only when there is somebody to tell; the server forgets it by itself. */
function typing() {
  const now = Date.now();
  if (!find("#people li") || !box.value.trim() || now - told < AGAIN_MS) return;
  told = now;
  fetch(`/s/${document.body.dataset.session}/typing`, { method: "POST" }).catch(() => {});
}

function press(event) {
  const chip = event.target.closest("[data-chip]");
  const take = event.target.closest("[data-take]");
  if (take) {
    event.preventDefault();
    // What was typed since it was offered is not thrown away.
    if (box.value === find("#coach-panel").dataset.for) write(take.value);
  } else if (chip?.dataset.chip === "undo") {
    find('#stage form[data-key="undo"]')?.requestSubmit();
  } else if (chip) {
    const { words } = chip.dataset;
    const before = box.value.trim().replace(/[.,]+$/, "");
    const joined = before ? `${before}${chip.dataset.chip === "add" && /^[a-z]/.test(words) ? ", " : ". "}${words}` : words;
    write(joined[0].toUpperCase() + joined.slice(1));
  }
}

/** As if it had been typed: the composer notices. */
function write(words) {
  box.value = words;
  box.dispatchEvent(new Event("input", { bubbles: true }));
  box.focus();
  box.setSelectionRange(words.length, words.length);
}
