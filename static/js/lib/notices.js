// The list of notifications: what toasts said, newest first, for those who looked away.
import { find, word } from "./page.js";

const MOST = 20;
const menu = find("#notices");
const list = find("#notice-list");

document.addEventListener("toast", ({ detail: words }) => {
  const item = document.createElement("li");
  const when = document.createElement("time");
  when.dateTime = new Date().toISOString();
  when.textContent = word("justNow");
  item.append(words, when);
  list.prepend(item);
  list.children[MOST]?.remove();
  menu.hidden = false;
});

if (find("#nets[data-going]")) import("./nets.js");

// Whoever opens the list has read them.
menu.addEventListener("toggle", () => menu.open && find("#toasts").replaceChildren());
