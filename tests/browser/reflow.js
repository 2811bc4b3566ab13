// Everything that sticks out at a side, or makes the page scroll sideways (WCAG 2.2, 1.4.10): a list of words.
// What may be moved sideways by itself is left out.
(() => {
  const width = Math.min(WIDTH, document.documentElement.clientWidth);
  const mayScroll = "version-strip, .region-stage, .tree-scroll, .tiles, .unseen, .skip, .sprite";
  const out = [...document.querySelectorAll("body *")]
    .filter((it) => it.checkVisibility() && !it.closest(mayScroll) && (it.getBoundingClientRect().right > width + 1 || it.getBoundingClientRect().left < -1))
    .map((it) => `sticks out: ${it.outerHTML.slice(0, 80)}`);
  const wide = document.documentElement.scrollWidth;
  return wide > width ? [`${wide} wide, where ${width} are seen`, ...out] : out;
})()
