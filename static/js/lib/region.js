// The region of the next turn: its chip in the composer, its way to the server, and the field that names it.
//
// Rule: the mask lives here from the first stroke until somebody removes it, through retries, rewording and new bases of
// the same shape; a turn is sent only once the server has the mask as it is.
import { FRAGMENT, find, say, toast, understood, word } from "./page.js";
import { Mask, asAlpha } from "./mask.js";
import { open } from "./studio.js";

const said = find("#region-chip")?.dataset;
const session = document.body.dataset.session;
/** {mask, version, ratio, id}: the id is there while the server's copy is as it is drawn. */
let region = null;
let sending = null;

/** The mask over a version, to be drawn on; a new one unless there is one of this shape. */
export function over(version, width, height) {
  if (!region || !isShape(region.ratio, width / height)) region = { mask: new Mask(width, height), ratio: width / height, id: null };
  region.version = version;
  return region.mask;
}

/** Something was drawn: the server's copy is an old one. `show` tells of it. */
export function changed() {
  region.id = null;
}

/** How much of the picture may change, in words. */
export function inWords(mask) {
  const share = mask.share * 100;
  if (share < 0.1) return word("little", {}, said);
  return `${share < 1 ? share.toFixed(1) : Math.round(share)} %`;
}

/** Takes over a region that the server has; none when there is no id. */
export async function adopt(id) {
  if (!id) return remove();
  try {
    const answer = await fetch(`/s/${session}/regions/${id}`);
    if (!answer.ok) return keep(null);
    const picture = await createImageBitmap(await answer.blob());
    const mask = new Mask(picture.width, picture.height);
    mask.soft = 0;
    mask.add({ kind: "picture", picture: asAlpha(picture, mask.width, mask.height), fresh: true });
    region = { mask, ratio: picture.width / picture.height, id };
    show();
  } catch {
    toast(word("notBack", {}, said));
  }
}

/** Region and points of an earlier turn, as its address has them. */
export function recall(href) {
  const had = new URL(href).searchParams;
  adopt(had.get("region"));
  if (had.has("pins") || find("#pins-chip input")) import("./pins.js").then((pins) => pins.adopt(had.get("pins"), had.get("v")));
}

function remove() {
  region = null;
  show();
}

/** Hands the mask to the server, unless it has it. */
export async function send() {
  if (!region || region.mask.isEmpty || region.id) return true;
  const mine = region;
  const body = new FormData();
  body.append("base", base());
  body.append("mask", await mine.mask.png(), "mask.png");
  const answer = await fetch(`/s/${session}/regions`, { method: "POST", body, headers: { Accept: FRAGMENT } });
  if (!answer.ok) throw new Error(understood(answer.status, await answer.text()).words);
  const { id } = await answer.json();
  if (region === mine) mine.id = id;
  show();
  return true;
}

/** A rough mask made exact by what is in the picture. */
export async function refine(rough, version, mask) {
  const body = new FormData();
  body.append("base", version);
  body.append("mask", rough, "mask.png");
  const answer = await fetch(`/s/${session}/regions/refine`, { method: "POST", body, headers: { Accept: FRAGMENT } });
  if (!answer.ok) throw new Error(understood(answer.status, await answer.text()).words);
  return asAlpha(await createImageBitmap(await answer.blob()), mask.width, mask.height);
}

const base = () => find('#base-tile [name="base"]')?.value ?? region.version;
const isShape = (a, b) => Math.abs(a / b - 1) < 0.02;

/** Whether the region fits the picture that is edited next. */
function fits() {
  const image = find("#base-tile img");
  return !image || isShape(region.ratio, image.getAttribute("width") / image.getAttribute("height"));
}

export function show() {
  const place = find("#region-chip");
  if (!place) return;
  const drawn = region && !region.mask.isEmpty;
  // Under the brush it would only cost time.
  if (!find("mask-brush")) veil(drawn && fits());
  keep(drawn ? region.id : null);
  place.hidden = !drawn;
  place.replaceChildren();
  if (!drawn) return;
  const idle = !fits();
  place.toggleAttribute("data-idle", idle);
  const field = document.createElement("input");
  field.type = "hidden";
  field.name = "region";
  field.value = region.id ?? "";
  field.disabled = idle;
  const words = document.createElement("span");
  words.className = "region-chip-words";
  words.textContent = idle ? word("idleWords", {}, said) : word("shareWords", { share: inWords(region.mask) }, said);
  place.append(field, picture(), words);
  if (!idle) place.append(button(word("edit", {}, said), () => open("region", `/s/${session}/region?v=${base()}`)));
  const away = button(word("remove", {}, said), () => {
    remove();
    say(word("removed", {}, said));
    find("#instruction").focus();
  });
  away.setAttribute("aria-label", word("removeIt", {}, said));
  place.append(away);
}

let veiled = null;

/** Its outline on the stage's picture, softly, so that nobody forgets where words will work. */
async function veil(on) {
  veiled?.remove();
  veiled = null;
  const stage = find("version-stage");
  const picture = find(".picture:not(.before, .preview)", stage ?? document);
  if (!on || !picture || !isShape(region.ratio, picture.getAttribute("width") / picture.getAttribute("height"))) return;
  const canvas = document.createElement("canvas");
  veiled = canvas;
  canvas.className = "region-veil";
  canvas.setAttribute("aria-hidden", "true");
  const { Painted } = await import("./painted.js");
  if (veiled !== canvas) return;
  stage.append(canvas);
  new Painted(canvas, region.mask, true).draw();
  const watch = new ResizeObserver(() => {
    if (!canvas.isConnected) return watch.disconnect();
    const [frame, own] = [picture.getBoundingClientRect(), stage.getBoundingClientRect()];
    Object.assign(canvas.style, { left: `${frame.left - own.left}px`, top: `${frame.top - own.top}px`, inlineSize: `${frame.width}px`, blockSize: `${frame.height}px` });
  });
  watch.observe(picture);
  watch.observe(stage);
}

/** The mask, small. */
function picture() {
  const canvas = region.mask.miniature(96);
  canvas.setAttribute("aria-hidden", "true");
  return canvas;
}

function button(words, does) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "button small quiet";
  made.textContent = words;
  made.onclick = does;
  return made;
}

/** A page loaded anew asks for the region again. */
function keep(id) {
  try {
    if (id) sessionStorage.setItem(`region:${session}`, id);
    else sessionStorage.removeItem(`region:${session}`);
  } catch {
    // Then it lives as long as the page.
  }
}

// A turn waits for its mask.
document.addEventListener("submit", (event) => {
  if (event.target.id !== "composer" || !region || region.mask.isEmpty || region.id || !fits()) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (sending) return;
  const form = event.target;
  sending = send()
    .then(() => form.requestSubmit(), (error) => {
      find("#composer-error").textContent = error instanceof TypeError ? word("kept", {}, said) : error.message;
    })
    .finally(() => { sending = null; });
}, true);

document.addEventListener("swapped", ({ detail }) => region && (detail.id === "base-tile" || detail.id === "stage") && show());
