// What is laid over the stage, and comments below it: modules and a style sheet that come when one is used.
//
// Rule: one layer at a time, opened by a link that leads to a page of its own without scripts; the stage below rests.
import { ask, find, toast } from "./page.js";
import "./company.js";

const PARTS = {
  compare: () => import("../elements/image-compare.js"),
  region: () => import("../elements/mask-brush.js"),
  tree: () => import("../elements/version-tree.js"),
  pins: () => import("../elements/pin-board.js"),
  comments: () => import("./comments.js"),
};
const KEYS = { c: "compare", r: "region", t: "tree", p: "pins", n: "comments" };
const LINKS = Object.keys(PARTS).map((part) => `a[data-${part}]`).join();

let layer = null;
/** How far the conversation was open before, on a small screen. */
let stop = null;

/** Lays a part of the server's making over the stage. */
export async function open(part, href) {
  const bench = find(".bench-stage");
  if (!bench) return location.assign(href);
  bench.setAttribute("aria-busy", "true");
  try {
    if (part === "comments") return (await PARTS[part]()).toggle(href);
    const [answer] = await Promise.all([ask(href), PARTS[part](), dressed()]);
    if (!answer.ok) return toast(answer.words);
    lay(bench, answer.doc.body.firstElementChild, part);
  } catch {
    location.assign(href);
  } finally {
    bench.removeAttribute("aria-busy");
  }
}

function lay(bench, part, name) {
  close();
  layer = part;
  layer.dataset.part = name;
  bench.append(layer);
  find("#stage").inert = true;
  const talk = find(".talk");
  if (matchMedia("(max-width: 56.24rem)").matches) {
    stop = talk.dataset.stop;
    talk.dataset.stop = "composer";
  }
  layer.begin();
}

/** Takes the layer away; the focus goes back to where it came from. */
export function close() {
  if (!layer) return;
  const { part } = layer.dataset;
  const had = layer.contains(document.activeElement);
  layer.remove();
  layer = null;
  find("#stage").inert = false;
  if (stop) find(".talk").dataset.stop = stop;
  stop = null;
  if (had) (find(`#stage [data-${part}], #filmstrip [data-${part}]`) ?? find("version-stage"))?.focus();
}

/** The layer is another element by now. */
export function follow(part) {
  part.dataset.part = layer.dataset.part;
  layer = part;
}

let sheet = null;
function dressed() {
  if (find('link[href$="/css/studio.css"]')) return sheet;
  sheet = new Promise((done) => {
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = new URL("../../css/studio.css", import.meta.url).pathname;
    link.onload = link.onerror = done;
    document.head.append(link);
  });
  return sheet;
}

document.addEventListener("click", (event) => {
  if (event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const shut = layer && event.target.closest("[data-close]");
  const link = event.target.closest(LINKS);
  if (!shut && !link) return;
  event.preventDefault();
  if (shut) return close();
  open(Object.keys(PARTS).find((part) => part in link.dataset), link.href);
});

// A fork in the filmstrip opens its branches.
document.addEventListener("click", (event) => {
  const node = event.target.closest(".forks")?.closest("a");
  if (!node) return;
  event.preventDefault();
  event.stopPropagation();
  open("tree", node.href.replace("?", "/tree?"));
}, true);

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || !event.target.closest) return;
  if (layer && event.key === "Escape" && !event.defaultPrevented && layer.contains(event.target)) return close();
  const part = KEYS[event.key.toLowerCase()];
  if (!part || event.defaultPrevented || !event.target.closest("#stage, #filmstrip")) return;
  const link = find(`#stage [data-${part}], #filmstrip [data-${part}]`);
  if (!link?.checkVisibility()) return;
  event.preventDefault();
  link.click();
});

// Another version came to the stage below.
document.addEventListener("swapped", ({ detail }) => {
  if (detail.id === "comments-news") PARTS.comments().then(({ told }) => told(detail), () => {});
  if (detail.id !== "stage" || !layer) return;
  detail.inert = true;
  if (layer.staged) layer.staged(detail.dataset);
  else close();
});

// Words of an earlier turn bring back what was drawn; after a reload it is still there.
const drawn = () => import("./region.js");
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-again]");
  if (link && !event.metaKey && !event.ctrlKey && !event.shiftKey) drawn().then(({ recall }) => recall(link.href));
}, true);
if (find("#region-chip")) {
  if (find("#pins-chip input")) import("./pins.js");
  let id = new URLSearchParams(location.search).get("region");
  try {
    id ??= sessionStorage.getItem(`region:${document.body.dataset.session}`);
  } catch {
    // This browser keeps nothing.
  }
  if (id) drawn().then(({ adopt }) => adopt(id));
}
// On their own pages.
if (find("image-compare")) PARTS.compare();
if (find("version-tree")) PARTS.tree();
