// Which version is on the stage.
//
// Rule: the server renders the stage; this asks for it, swaps its parts in and keeps the address true.
import { all, ask, find, swap, toast, word } from "./page.js";

let latest = 0;

/** Puts the version of a session page's address on the stage. */
export async function showStage(href) {
  const url = new URL(href, location.href);
  const mine = ++latest;
  find("#stage")?.setAttribute("aria-busy", "true");
  try {
    const answer = await ask(url.pathname + "/stage" + url.search);
    if (mine !== latest) return;
    if (!answer.ok) return toast(answer.words);
    await ready(find(".picture", answer.doc));
    if (mine !== latest) return;
    swap(answer.doc);
    // The address names a version only when it is another than the current one.
    history.replaceState(null, "", find("#stage .elsewhere") ? url.pathname + url.search : url.pathname);
    mark();
  } catch {
    if (mine === latest) toast(word("unreachable"));
  } finally {
    find("#stage")?.removeAttribute("aria-busy");
  }
}

/** Waits until the picture can be painted, so that the stage does not blink; not for long. */
function ready(picture) {
  const image = new Image();
  image.sizes = picture.sizes;
  image.srcset = picture.srcset;
  image.src = picture.src;
  return Promise.race([image.decode().catch(() => {}), new Promise((go) => setTimeout(go, 800))]);
}

/** Marks the result that is on the stage, and lets the composer speak of it. */
export function mark() {
  const version = find("#stage")?.dataset.version;
  if (!version) return;
  for (const link of all(".result-picture")) {
    if (new URL(link.href).searchParams.get("v") === version) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
  const box = find("#instruction");
  const number = find("#base-tile")?.dataset.number;
  if (box && number) box.placeholder = word("describe", { number });
  const pill = find("#new-version");
  if (pill && pill.dataset.version === version) pill.hidden = true;
}
