// The coach under the composer: asked a moment after the last key, and only while it is open. The server knows the rules.
import { ask, find, swap } from "./page.js";

const MOMENT_MS = 500;
const form = find("#composer");
const coach = find("#coach");
let timer;
let asking;

function soon() {
  clearTimeout(timer);
  if (coach.open) timer = setTimeout(look, MOMENT_MS);
}

async function look() {
  asking?.abort();
  asking = new AbortController();
  try {
    const body = new URLSearchParams(new FormData(form));
    const answer = await ask(`/s/${form.dataset.session}/coach`, { method: "POST", body, signal: asking.signal });
    if (answer.ok) swap(answer.doc, ["coach-panel"]);
  } catch {
    // Advice that can't be had is no trouble; the next key asks again.
  }
}

form.addEventListener("input", soon);
coach.addEventListener("toggle", () => coach.open && look());
// Another base, other references.
new MutationObserver(soon).observe(find(".tiles", form), { childList: true, subtree: true });
look();
