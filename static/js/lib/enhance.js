// Forms and links that need no page load.
//
// Rule: a form with data-enhance is sent as it is, its answer swapped in by id, its failure said beside it; while it is
// under way it can't be sent again. Nothing here knows what a form is for.
import { all, ask, find, say, swap, toast, word } from "./page.js";
import { mark, showStage } from "./stage.js";
import { remember } from "./turns.js";

document.addEventListener("submit", (event) => {
  const form = event.target;
  // The page stays while a file comes.
  if (event.defaultPrevented || event.submitter?.matches("[data-file]")) return;
  if (form.getAttribute("aria-busy") === "true") return event.preventDefault();
  form.setAttribute("aria-busy", "true");
  if (!form.hasAttribute("data-enhance")) return;
  event.preventDefault();
  submit(form, event.submitter).finally(() => form.removeAttribute("aria-busy"));
});

// A page that comes back from the browser's memory is not sending anything.
addEventListener("pageshow", () => all("form[aria-busy]").forEach((form) => form.removeAttribute("aria-busy")));

async function submit(form, submitter) {
  const action = form.getAttribute("action");
  try {
    const answer = await ask(action, { method: "POST", body: new URLSearchParams(new FormData(form, submitter)) });
    if (!answer.ok) return complain(form, answer.words);
    // A whole page in answer: the form was one that leads elsewhere.
    if (find("main", answer.doc)) return location.assign(answer.location ?? location.href);
    const parts = swap(answer.doc);
    parts.forEach((part) => remember(part.dataset.client));
    if (action.endsWith("/head")) history.replaceState(null, "", action.slice(0, -"/head".length));
    say(parts.map((part) => part.dataset.say).find(Boolean));
    mark();
  } catch {
    complain(form, word("unreachableAgain"));
  }
}

function complain(form, words) {
  const place = find("[role=alert]", form);
  if (place) place.textContent = words;
  else toast(words);
}

document.addEventListener("click", (event) => {
  if (event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = event.target.closest("a[data-stage], a[data-earlier]");
  if (!link) return;
  event.preventDefault();
  if (link.dataset.earlier) return showEarlier(link);
  showStage(link.href).then(() => link.hasAttribute("data-compose") && find("#instruction")?.focus());
});

async function showEarlier(link) {
  link.setAttribute("aria-disabled", "true");
  const box = find("#turns-scroll");
  const fromEnd = box.scrollHeight - box.scrollTop;
  try {
    const answer = await ask(link.dataset.earlier);
    if (!answer.ok) return toast(answer.words);
    find("#turns").prepend(...all(".turn-list > li", answer.doc));
    find("#earlier").replaceWith(answer.doc.getElementById("earlier"));
    box.scrollTop = box.scrollHeight - fromEnd;
    mark();
  } catch {
    link.removeAttribute("aria-disabled");
    toast(word("unreachable"));
  }
}
