// Every text of the page whose contrast with what lies under it is too low (WCAG 2.2, 1.4.3): a list of words.
(() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const known = new Map();
  const colour = (css) => {
    if (!known.has(css)) {
      canvas.clearRect(0, 0, 1, 1);
      canvas.fillStyle = css;
      canvas.fillRect(0, 0, 1, 1);
      const [red, green, blue, alpha] = canvas.getImageData(0, 0, 1, 1).data;
      known.set(css, [red, green, blue, alpha / 255]);
    }
    return known.get(css);
  };
  const over = (top, under, alpha) => [0, 1, 2].map((place) => top[place] * alpha + under[place] * (1 - alpha));
  const light = (rgb) => {
    const [red, green, blue] = rgb.map((part) => (part /= 255) <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const ratio = (one, other) => {
    const [high, low] = [light(one), light(other)].sort((a, b) => b - a);
    return (high + 0.05) / (low + 0.05);
  };
  // The page's own ground, or the middle of a picture where something lies on one.
  const ground = (element) => {
    const chain = [];
    for (let at = element; at; at = at.parentElement) chain.unshift(at);
    let under = matchMedia("(prefers-color-scheme: dark)").matches ? [18, 18, 18] : [255, 255, 255];
    for (const at of chain) {
      const style = getComputedStyle(at);
      const background = colour(style.backgroundColor);
      if (at.matches(".badge, .node-number, .tile-number")) under = [255, 255, 255];
      under = over(background, under, background[3] * Number(style.opacity));
    }
    return under;
  };
  const faint = (element) => {
    let all = 1;
    for (let at = element; at; at = at.parentElement) all *= Number(getComputedStyle(at).opacity);
    return all;
  };
  const found = [];
  const judge = (element, style, words) => {
    const under = ground(element);
    const ink = colour(style.color);
    const got = ratio(over(ink, under, ink[3] * faint(element)), under);
    const size = parseFloat(style.fontSize);
    const needed = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700) ? 3 : 4.5;
    if (got < needed) found.push(`${got.toFixed(2)} (${needed}): ${words.trim().slice(0, 40)} in ${element.tagName}.${element.className}`);
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let text = walker.nextNode(); text; text = walker.nextNode()) {
    const element = text.parentElement;
    if (!text.data.trim() || !element.checkVisibility({ opacityProperty: true, visibilityProperty: true, contentVisibilityAuto: true })) continue;
    if (element.closest(":disabled, [aria-disabled=true], .unseen, .skip, script, option")) continue;
    judge(element, getComputedStyle(element), text.data);
  }
  for (const field of document.querySelectorAll("[placeholder]:placeholder-shown")) {
    if (field.checkVisibility()) judge(field, getComputedStyle(field, "::placeholder"), field.placeholder);
  }
  return found;
})()
