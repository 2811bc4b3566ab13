// How far a running turn is, and the pictures that a model shows while it works. Fetched by live-session when a turn runs.

import { find } from "./page.js";

/** How far a running turn is; a word to the eye only. */
export function tell({ turn, fraction, step, preview }) {
  if (preview) show(turn, preview);
  const card = document.getElementById(`turn-${turn}`);
  const bar = card && find("progress", card);
  if (!bar) return;
  if (fraction === null || fraction === undefined) bar.removeAttribute("value");
  else bar.value = fraction;
  if (step) find("[data-step]", card).textContent = step;
}

/** A picture on its way, over the one it is made from; never while somebody looks at another version. */
function show(turn, count) {
  const stage = find("#stage");
  const canvas = stage && find("version-stage", stage);
  if (!canvas || find(".elsewhere", stage)) return;
  let image = find(".preview", canvas);
  if (!image) {
    image = document.createElement("img");
    image.className = "picture preview";
    image.alt = "";
    canvas.append(image);
  }
  // As large as the picture below it, whatever size a service draws its previews in.
  const { clientWidth: width, clientHeight: height } = find(".picture", canvas);
  Object.assign(image.style, { inlineSize: `${width}px`, blockSize: `${height}px` });
  image.dataset.turn = turn;
  image.src = `/s/${stage.dataset.session}/turns/${turn}/preview?n=${count}`;
}

/** The turn has ended, one way or the other. */
export function end(html) {
  const image = find("version-stage .preview");
  if (image && html.includes(`turn-${image.dataset.turn}`)) image.remove();
}
