// Times in words that move on: "2 minutes ago", "12 s".
//
// Rule: the server's absolute text stays as the title; a <time> with data-absolute is left alone.
import { all, word } from "./page.js";

/** With the digits 0 to 9 in every language. */
const words = new Intl.RelativeTimeFormat(`${document.documentElement.lang}-u-nu-latn`, { numeric: "auto" });
/** Unit, its length, and from when on it is used: "in 30 days" says more than "next month". */
const UNITS = [["year", 31_536_000, 31_536_000], ["month", 2_629_800, 7_776_000], ["day", 86_400, 86_400], ["hour", 3600, 3600], ["minute", 60, 60]];

function relative(seconds) {
  const span = Math.abs(seconds);
  const [unit, length] = UNITS.find(([, , from]) => span >= from * 0.95) ?? [];
  return unit ? words.format(Math.round(seconds / length), unit) : word("justNow");
}

function elapsed(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const minutes = Math.floor(whole / 60);
  return word(minutes ? "minutes" : "seconds", { minutes, seconds: whole % 60 });
}

function set(time, text) {
  if (time.textContent !== text) time.textContent = text;
}

function show(time) {
  const seconds = (Date.parse(time.dateTime) - Date.now()) / 1000;
  if (Number.isNaN(seconds)) return;
  if (time.hasAttribute("data-since")) return set(time, elapsed(-seconds));
  if (!time.title) time.title = time.textContent;
  set(time, relative(seconds));
}

const showAll = () => all("time[datetime]:not([data-absolute])").forEach(show);

showAll();
setInterval(showAll, 30_000);
setInterval(() => all("time[data-since]").forEach(show), 1000);
new MutationObserver((changes) => {
  if (changes.some((change) => [...change.addedNodes].some((node) => node.nodeType === Node.ELEMENT_NODE))) showAll();
}).observe(document.body, { childList: true, subtree: true });
