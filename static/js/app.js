// The one script of every page. Each module looks for what it enhances; without any of them the page works by links
// and forms. What is imported here is there before the first input; the rest comes as soon as the browser is idle.
import "./lib/enhance.js";
import "./elements/turn-composer.js";
import "./elements/live-session.js";

const SOON = [
  "./lib/times.js",
  "./elements/version-stage.js",
  "./elements/version-strip.js",
  "./elements/sheet-handle.js",
  "./elements/drop-zone.js",
  "./lib/reorder.js",
  "./lib/menus.js",
  "./lib/copy.js",
  "./lib/notices.js",
  "./lib/dialog.js",
  "./lib/studio.js",
];

// For browsers that don't know the media feature "scripting".
document.documentElement.classList.add("js");

// A file chosen before the module for files is there is taken in once it is.
addEventListener("change", ({ target }) => {
  if (target.type !== "file" || customElements.get("drop-zone")) return;
  customElements.whenDefined("drop-zone").then(() => target.dispatchEvent(new Event("change", { bubbles: true })));
}, true);

(window.requestIdleCallback ?? setTimeout)(() => SOON.forEach((module) => import(module)));

// Only one page has it.
if (document.querySelector("verify-drop")) import("./elements/verify-drop.js");
