// Every control of the page that is hard to hit (WCAG 2.2, 2.5.8): a list of words.
(() => {
  const least = LEAST;
  const controls = [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")];
  const counts = (it) => it.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true }) && !it.closest(".unseen, .skip, p, label, [aria-hidden=true]");
  const hits = (it, x, y) => it.contains(document.elementFromPoint(x, y));
  return controls.filter(counts).flatMap((it) => {
    const box = it.getBoundingClientRect();
    // What a menu lies over can't be hit just now anyway.
    const isCovered = !hits(it, box.left + box.width / 2, box.top + box.height / 2);
    if (!box.width || isCovered || (box.width > least - 0.5 && box.height > least - 0.5)) return [];
    const [x, y, reach] = [box.left + box.width / 2, box.top + box.height / 2, least / 2 - 1];
    const isWide = box.width > least - 0.5 || (hits(it, x - reach, y) && hits(it, x + reach, y));
    const isHigh = box.height > least - 0.5 || (hits(it, x, y - reach) && hits(it, x, y + reach));
    return isWide && isHigh ? [] : [`${Math.round(box.width)} × ${Math.round(box.height)} ${it.outerHTML.slice(0, 90)}`];
  });
})()
