// Menus made of <details>: one open at a time, closed by Escape or a click elsewhere.
import { all, find } from "./page.js";

document.addEventListener("click", (event) => {
  for (const menu of all("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
});

document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && event.target.closest("details.menu[open]");
  if (!menu) return;
  menu.open = false;
  find("summary", menu).focus();
});
