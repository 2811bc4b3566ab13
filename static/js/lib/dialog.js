// Links with data-dialog show their page's part in the one <dialog>; without scripts they lead to the page. The list of
// keys is in there, too: by its button, or by ? on the picture and among the versions.
import { ask, find, say, word } from "./page.js";

document.addEventListener("click", async (event) => {
  const link = event.target.closest("a[data-dialog]");
  if (!link || event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  try {
    const answer = await ask(link.href);
    const part = answer.ok && answer.doc.body.firstElementChild;
    if (!part) return location.assign(link.href);
    open(part);
  } catch {
    location.assign(link.href);
  }
});

document.addEventListener("click", (event) => event.target.closest("[data-help]") && help());
document.addEventListener("keydown", (event) => {
  if (event.key !== "?" || !event.target.closest?.("#stage, #filmstrip")) return;
  event.preventDefault();
  help();
});

function help() {
  const list = find("#key-help");
  if (list && !find("#dialog").open) open(list.content.firstElementChild.cloneNode(true));
}

function open(part) {
  const dialog = find("#dialog");
  const close = document.createElement("button");
  close.type = "button";
  close.className = "button quiet dialog-close";
  close.textContent = word("close");
  close.onclick = () => dialog.close();
  dialog.replaceChildren(close, part);
  dialog.setAttribute("aria-label", find("h2", part).textContent);
  dialog.showModal();
  if (part.id === "presets") import("./presets.js").then(({ begin }) => begin(part));
}

// A press on the backdrop closes; one that began inside (selecting text) does not.
find("#dialog").addEventListener("pointerdown", (event) => {
  const { currentTarget: dialog } = event;
  if (event.target !== dialog) return;
  const box = dialog.getBoundingClientRect();
  const inside = event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
  if (!inside) dialog.close();
});

document.addEventListener("swapped", (event) => {
  const url = event.detail.id === "share-panel" && find("#fresh-url", event.detail);
  if (!url) return;
  url.focus();
  url.select();
  say(word("linkReady"));
});
