// How far the fetching of the built-in engine's nets is, while it goes on.
//
// Rule: the line is the server's own; this only asks for the next one, and stops when there is none to come.
import { ask, find, swap } from "./page.js";

const EVERY = 2000;

async function look() {
  // Nobody reads a page in the background.
  if (!document.hidden) {
    const answer = await ask("/nets").catch(() => null);
    if (answer?.ok) swap(answer.doc, ["nets"]);
  }
  wait();
}

const wait = () => find("#nets[data-going]") && setTimeout(look, EVERY);

wait();
