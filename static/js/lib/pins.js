// The numbered points of the next turn: where they are, their chip in the composer, and the field that carries them.
//
// Rule: points live here from the first until somebody removes them, through retries and rewording; they go with the words,
// and go away with them once the server has accepted the turn.
import { find, many, say } from "./page.js";
import { open } from "./studio.js";

export const MOST = 9;
const session = document.body.dataset.session;
/** [[x, y], …]: shares of the picture. */
let pins = [];
/** The version they were set on. */
let over = null;

const chip = find("#pins-chip");
const said = chip?.dataset;
const round = (share) => Math.round(Math.min(1, Math.max(0, share)) * 10_000) / 10_000;

export const all = () => pins.map((pin) => [...pin]);

/** Takes over points; `version` is what they are set on. */
export function put(next, version) {
  pins = next.slice(0, MOST).map((pin) => pin.map(round));
  over = version;
  show();
}

/** The points of an address, `0.32,0.4;0.7,0.2`, as an earlier turn had them. */
export function adopt(text, version) {
  put((text ?? "").split(";").filter(Boolean).map((point) => point.split(",").map(Number)).filter((pin) => pin.length === 2 && pin.every(Number.isFinite)), version);
}

const base = () => find('#base-tile [name="base"]')?.value ?? over;

function show() {
  if (!chip) return;
  chip.hidden = !pins.length;
  chip.replaceChildren();
  if (!pins.length) return;
  const field = document.createElement("input");
  field.type = "hidden";
  field.name = "pins";
  field.value = pins.map((pin) => pin.join()).join(";");
  const words = document.createElement("span");
  words.className = "region-chip-words";
  const elsewhere = over && base() !== over;
  field.disabled = elsewhere;
  chip.toggleAttribute("data-idle", elsewhere);
  words.textContent = many(elsewhere ? "idleWords" : "someWords", pins.length, said);
  const edit = button(said.edit, () => open("pins", `/s/${session}/pins?v=${base()}`));
  const away = button(said.remove, () => {
    put([], null);
    say(said.removed);
    find("#instruction").focus();
  });
  away.setAttribute("aria-label", said.removeAll);
  chip.append(field, words, edit, away);
}

function button(words, does) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "button small quiet";
  made.textContent = words;
  made.onclick = does;
  return made;
}

// What the page came with.
const given = chip && find('input[name="pins"]', chip);
if (given) adopt(given.value, base());

// A turn that was accepted has taken them along. Until then they stay.
let sent = null;
document.addEventListener("submit", ({ target }) => {
  // The composer names the turn as it sends it.
  if (target.id === "composer" && pins.length) setTimeout(() => { sent = find('[name="client_id"]', target).value; });
}, true);
document.addEventListener("arrived", ({ detail }) => detail === sent && put([], null));
document.addEventListener("swapped", ({ detail }) => detail.id === "base-tile" && pins.length && show());
