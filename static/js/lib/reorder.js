// Reference tiles can be dragged into another order with the mouse; their buttons do the same for everybody.
import { find } from "./page.js";

let dragged = null;
const list = find("#references");

// A tile is draggable only while the mouse is on it: on touch a drag scrolls the row.
list?.addEventListener("pointerdown", (event) => {
  const tile = event.target.closest(".reference");
  if (tile) tile.draggable = event.pointerType === "mouse" && !event.target.closest("button");
});

list?.addEventListener("dragstart", (event) => {
  dragged = event.target.closest(".reference");
  if (dragged) event.dataTransfer.effectAllowed = "move";
});

list?.addEventListener("dragover", (event) => {
  const over = event.target.closest(".reference");
  if (!dragged) return;
  event.preventDefault();
  if (!over || over === dragged) return;
  const box = over.getBoundingClientRect();
  if (event.clientX > box.left + box.width / 2) over.after(dragged);
  else over.before(dragged);
});

list?.addEventListener("dragend", () => {
  dragged = null;
  list.dispatchEvent(new Event("change", { bubbles: true }));
});
