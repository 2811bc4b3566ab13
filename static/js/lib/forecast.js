// What will happen when the composer is sent, in one line: "v4 + 1 reference → 2 candidates · about $0.08 · ~12 s". The
// server writes it first (`views/choices.rs`); this is loaded with the first change and writes the same line again.
import { find, many, word } from "./page.js";

const form = find("#composer");

function forecast() {
  const line = find("#forecast");
  const backend = find('select[name="backend"] option:checked, input[name="backend"]', form);
  if (!line || !backend) return;
  const { can = "", prices = "", seconds, free } = backend.dataset;
  const chosen = (name) => (can.split(" ").includes(name) && find(`[name="${name}"]`, form)?.value) || "";
  const count = Number(chosen("count") || 1);
  const references = find("#references", form).children.length;
  const price = new Map(prices.split(" ").map((entry) => entry.split(":"))).get(chosen("quality"));
  line.textContent = [
    `v${find("#base-tile", form).dataset.number}${references ? ` + ${many("references", references, line.dataset)}` : ""} → ${many("candidates", count, line.dataset)}`,
    free ? word("free", {}, line.dataset) : price && word("about", { price: dollars(price * count) }, line.dataset),
    seconds && `~${seconds}`,
  ].filter(Boolean).join(" · ");
}

const dollars = (micros) => (micros && micros < 5000 ? `$${(micros / 1e6).toFixed(3)}` : `$${(micros / 1e6).toFixed(2)}`);

form.addEventListener("input", forecast);
new MutationObserver(forecast).observe(find(".tiles", form), { childList: true, subtree: true });
forecast();
