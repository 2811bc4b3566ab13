// Buttons with data-copy-from copy the text of what that selector finds beside them.
import { find, say, toast, word } from "./page.js";

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copy-from]");
  if (button) copy(button);
});

async function copy(button) {
  const source = find(button.dataset.copyFrom, button.parentElement);
  const text = source.value ?? source.textContent;
  if (await copied(text, source)) {
    say(word("copied"));
    const label = find("span", button) ?? button;
    const before = label.textContent;
    label.textContent = word("copied");
    setTimeout(() => { label.textContent = before; }, 2000);
  } else {
    toast(word("copyByHand"));
  }
}

/** The clipboard, or on plain http the selection. */
async function copied(text, source) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    if (source.select) source.select();
    else getSelection().selectAllChildren(source);
    return document.execCommand("copy");
  }
}
