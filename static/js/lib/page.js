// Asking our server and putting its answers into the page.
//
// Rule: HTML enters the page only here and only from our own server; everything else is textContent. Parts are swapped
// by id; whoever cares listens for "swapped" (detail: the new part).

/** What a request says that wants parts of a page. */
export const FRAGMENT = "text/html; fragment=1";
const FOCUSABLE = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]";

export const find = (selector, root = document) => root.querySelector(selector);
export const all = (selector, root = document) => [...root.querySelectorAll(selector)];

const { dataset: words } = find("#words");

/** What the page has to say in its reader's language, with each `{name}` filled in. */
export const word = (name, values, from = words) => from[name].replace(/\{(\w+)\}/g, (_, key) => values[key]);

/** The same for a number, out of `one=…|other=…`. */
export const many = (name, count, from = words) =>
  from[name].match(`${new Intl.PluralRules(document.documentElement.lang).select(count)}=([^|]*)`)[1].replace("{count}", count);

/** The HTML as a document of its own: nothing in it runs or loads. */
export const parse = (html) => new DOMParser().parseFromString(html, "text/html");

/** Asks for a fragment. Throws only when the server can't be reached or `signal` aborts. */
export async function ask(url, { method = "GET", body, signal } = {}) {
  const answer = await fetch(url, { method, body, signal, headers: { Accept: FRAGMENT } });
  return understood(answer.status, await answer.text(), answer.headers.get("Location"), answer.redirected ? answer.url : null);
}

/** What an answer means: its parts, or the words for a failure. */
export function understood(status, html, location, redirected) {
  const doc = parse(html);
  const ok = status >= 200 && status < 300;
  const words = ok ? "" : find("[data-words]", doc)?.textContent.trim() || word("failed", { status });
  return { ok, status, doc, words, location: location ?? redirected };
}

/** Puts the parts of `doc` in the place of their elders: those named, or every root with an id. */
export function swap(doc, ids) {
  const parts = ids ? ids.map((id) => doc.getElementById(id)).filter(Boolean) : [...doc.body.children].filter((part) => part.id);
  for (const part of parts) {
    const elder = document.getElementById(part.id);
    if (elder) replace(elder, part);
  }
  return parts;
}

/** Replaces one element by another; focus inside it stays at the same control. */
export function replace(elder, part) {
  const inside = elder.contains(document.activeElement);
  const place = inside ? all(FOCUSABLE, elder).indexOf(document.activeElement) : -1;
  elder.replaceWith(part);
  if (inside) (all(FOCUSABLE, part)[place] ?? part).focus({ preventScroll: true });
  document.dispatchEvent(new CustomEvent("swapped", { detail: part }));
}

/** Says something to screen readers, politely. */
export function say(words) {
  const region = find("#announcer");
  if (region && words) region.textContent = words;
}

/** A message without a place of its own: six seconds, longer while it is looked at, three at most. */
export function toast(words, { stays = false } = {}) {
  const place = find("#toasts");
  const item = document.createElement("div");
  item.className = "toast";
  const text = document.createElement("span");
  text.textContent = words;
  const close = document.createElement("button");
  close.type = "button";
  close.className = "button small quiet";
  close.textContent = word("close");
  close.onclick = () => item.remove();
  item.append(text, close);
  place.append(item);
  while (place.children.length > 3) place.firstElementChild.remove();
  document.dispatchEvent(new CustomEvent("toast", { detail: words }));
  if (stays) return item;
  let timer;
  const count = () => { timer = setTimeout(() => item.remove(), 6000); };
  const wait = () => clearTimeout(timer);
  item.addEventListener("pointerenter", wait);
  item.addEventListener("focusin", wait);
  item.addEventListener("pointerleave", count);
  item.addEventListener("focusout", count);
  count();
  return item;
}

/** A fresh id for something sent; works on plain http too, where crypto.randomUUID does not. */
export function freshId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
