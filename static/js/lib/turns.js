// Turn cards: where a new one goes, and what happens when one changes.
//
// Rule: a card is replaced whole by its younger self, whichever way that came (answer or stream); the later revision
// of the two is the stream's business. My scroll and my selection move only for turns that this page sent.
import { all, find, many, parse, replace, say } from "./page.js";
import { mark, showStage } from "./stage.js";

/** What this page has sent, by the sender's name of it. */
const own = new Set();
const plainTitle = document.title;
let unseen = 0;

export const remember = (client) => own.add(client);

/** Whether something this page sent is still open. */
export const waits = () => all('.turn[data-state="queued"], .turn[data-state="running"]').some((card) => own.has(card.dataset.client));

/** Puts a card that came as HTML into its place. */
export function arrive(html) {
  const card = find("article.turn", parse(html));
  if (!card) return;
  const elder = document.getElementById(card.id);
  const before = elder?.dataset.state;
  const mine = own.has(card.dataset.client);
  find(`.turn[data-state="sending"][data-client="${CSS.escape(card.dataset.client)}"]`)?.closest("li").remove();
  if (elder) replace(elder, card);
  else if (!isEarlier(card)) insert(card, mine);
  document.dispatchEvent(new CustomEvent("arrived", { detail: card.dataset.client }));
  if (before === card.dataset.state) return;
  if (mine || before) say(card.dataset.say);
  if (card.dataset.state === "done") finished(card, mine);
  else if (mine && document.hidden && /refused|failed/.test(card.dataset.state)) badge();
}

/** Whether a card belongs to the turns that are not shown yet. */
function isEarlier(card) {
  const first = find("#turns .turn");
  return Boolean(find("[data-earlier]") && first && Number(card.dataset.place) < Number(first.dataset.place));
}

/** Puts a new card after those before it; keeps to the end of the conversation when that was in view. */
export function insert(card, follow) {
  const list = find("#turns");
  const item = document.createElement("li");
  item.append(card);
  card.classList.add("arrived");
  const place = Number(card.dataset.place || Infinity);
  const next = [...list.children].find((other) => Number(find(".turn", other).dataset.place || Infinity) > place);
  list.insertBefore(item, next ?? null);
  find("#nothing-yet")?.remove();
  if (follow) toEnd();
}

/** Brings the end of the conversation into view, and keeps it there until the person scrolls away. */
export function toEnd() {
  sticks = true;
  box.scrollTop = box.scrollHeight;
}

// Cards off screen have guessed heights and others grow as they change, so the end moves.
const box = find("#turns-scroll");
let sticks = false;
if (box) {
  box.addEventListener("scroll", () => { sticks = box.scrollHeight - box.scrollTop - box.clientHeight < 80; }, { passive: true });
  const observer = new ResizeObserver(() => { if (sticks) box.scrollTop = box.scrollHeight; });
  observer.observe(box);
  observer.observe(find("#turns"));
}

function finished(card, mine) {
  const link = find(".result-picture, .turn-moved a", card);
  if (mine && link) showStage(link.href);
  else if (link) offer(link.href);
  if (mine) toEnd();
  if (document.hidden) badge();
  mark();
}

/** The pill that leads to what somebody else did; without other words it counts. */
export function offer(href, words) {
  const pill = find("#new-version");
  if (!pill) return;
  const count = pill.hidden ? 1 : Number(pill.dataset.count || 1) + 1;
  pill.dataset.count = count;
  pill.dataset.href = href;
  pill.dataset.version = new URL(href, location.href).searchParams.get("v") ?? "";
  pill.textContent = words ?? many("newVersions", count);
  pill.hidden = false;
}

document.addEventListener("click", (event) => {
  const pill = event.target.closest("#new-version");
  if (!pill) return;
  pill.hidden = true;
  showStage(pill.dataset.href);
  toEnd();
});

function badge() {
  unseen += 1;
  document.title = `(${unseen}) ${plainTitle}`;
}

document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  unseen = 0;
  document.title = plainTitle;
});
