// Comments on a version, opened between the stage and the filmstrip. Fetched by studio.js when somebody opens them, or when
// one came.
//
// Rule: the stream only says that something was said; the list is the server's, and is fetched when it is in view. What is
// half typed stays, per version, whatever comes and wherever the stage goes.
import { all, ask, find, replace, say, toast, word } from "./page.js";
import { showStage } from "./stage.js";

const NEAR_END = 32;
const phone = matchMedia("(max-width: 56.24rem)");
/** What is typed and not sent, by version. */
const drafts = new Map();
/** Comments sent from here, and those announced already, by their sender's name for them. */
const known = new Set();
let stop = null;
let latest = 0;

const panel = () => find(".bench-stage > #comments");
const box = () => find("#comments-form textarea", panel() ?? undefined);

/** Opens the comments of an address, or closes them when they are open. */
export async function toggle(href) {
  const version = href.split("/").at(-2);
  if (panel()?.dataset.version === version) return close();
  if (find("#stage").dataset.version !== version) await showStage(`/s/${document.body.dataset.session}?v=${version}`);
  if (await open(href)) (box() ?? panel()).focus({ preventScroll: true });
}

async function open(href) {
  const mine = ++latest;
  try {
    const answer = await ask(href);
    if (mine !== latest) return false;
    if (!answer.ok) return toast(answer.words);
    lay(answer.doc.getElementById("comments"));
    return true;
  } catch {
    toast(word("unreachable"));
    return false;
  }
}

function lay(part) {
  const elder = panel();
  if (elder) replace(elder, part);
  else {
    find("#stage").after(part);
    if (phone.matches) {
      stop = find(".talk").dataset.stop ?? "";
      find(".talk").dataset.stop = "composer";
    }
  }
  part.addEventListener("input", () => drafts.set(part.dataset.version, box().value));
  part.addEventListener("keydown", key);
  part.addEventListener("submit", sending);
  find("[data-close]", part).onclick = (event) => { event.preventDefault(); close(); };
  const draft = drafts.get(part.dataset.version);
  if (draft && box()) box().value = draft;
  toEnd();
  mark();
}

function close() {
  const had = panel()?.contains(document.activeElement);
  panel()?.remove();
  latest += 1;
  if (stop !== null) find(".talk").dataset.stop = stop;
  stop = null;
  mark();
  if (had) find("#stage [data-comments]")?.focus();
}

/** The link on the stage says whether they are open. */
function mark() {
  const link = find("#stage [data-comments]");
  link?.setAttribute("role", "button");
  link?.setAttribute("aria-expanded", String(Boolean(panel())));
}

function key(event) {
  if (event.key === "Escape" && !event.defaultPrevented) return close();
  const sends = event.key === "Enter" && event.target === box() && !event.shiftKey && !event.altKey;
  if (!sends || event.isComposing || event.keyCode === 229) return;
  event.preventDefault();
  if (box().value.trim()) box().form.requestSubmit();
}

let sent = null;
function sending(event) {
  if (event.target.id !== "comments-form") return;
  known.add(find("[name=client_id]", event.target).value);
  find("[role=alert]", event.target).textContent = "";
  sent = box().value;
}

function toEnd() {
  const scroll = find(".comments-scroll", panel() ?? undefined);
  if (scroll) scroll.scrollTop = scroll.scrollHeight;
}

/** Something was said, or taken back. */
export async function told({ dataset: { version, client, said } }) {
  const news = client && !known.has(client);
  if (news) {
    known.add(client);
    say(said);
  }
  if (panel()?.dataset.version !== version || (client && !news)) return;
  try {
    const answer = await ask(panel().dataset.href);
    const list = answer.ok && answer.doc.getElementById("comments-list");
    const elder = find("#comments-list", panel() ?? undefined);
    if (!list || panel()?.dataset.version !== version) return;
    const scroll = elder.parentElement;
    const atEnd = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < NEAR_END;
    replace(elder, list);
    if (atEnd) toEnd();
  } catch {
    // The next word, or opening them again, brings the list.
  }
}

document.addEventListener("swapped", ({ detail }) => {
  if (detail.id === "comments-form" && panel()) {
    const { version } = panel().dataset;
    // What was typed while the comment was under way is not thrown away.
    if (drafts.get(version) === sent) drafts.delete(version);
    else box().value = drafts.get(version) ?? "";
    toEnd();
  } else if (detail.id === "stage" && panel()) {
    mark();
    if (detail.dataset.version !== panel().dataset.version) open(find("[data-comments]", detail).href);
  } else if (detail.hasAttribute("data-comments")) mark();
});

// Whatever is laid over the stage needs the room.
document.addEventListener("click", (event) => {
  if (panel() && event.target.closest("a[data-compare], a[data-region], a[data-pins], a[data-tree]")) all("#comments").forEach(close);
}, true);
