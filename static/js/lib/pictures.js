// Files on their way in: what the server can read, and the tile that shows how far each is.
//
// Rule: a file is judged by its first bytes, never by its name; what the server can't read but this browser can is sent
// as PNG; the rest is refused here, with words. Each file has its own tile, progress and error.
import { FRAGMENT, understood, word } from "./page.js";

/** Why a file can't be sent, in words for the person. */
class Refusal extends Error {}

/** The file itself when the server reads its kind, else a PNG of it. Throws a Refusal. */
export async function readable(file) {
  const bytes = new Uint8Array(await file.slice(0, 16).arrayBuffer());
  const text = String.fromCharCode(...bytes);
  if (isKnown(bytes, text)) return file;
  try {
    return await asPng(file);
  } catch {
    const brand = text.slice(4, 12);
    throw new Refusal(word(brand.startsWith("ftypavi") ? "avif" : brand.startsWith("ftyp") ? "heic" : "noPicture"));
  }
}

function isKnown(bytes, text) {
  return (bytes[0] === 0xff && bytes[1] === 0xd8) || text.startsWith("\x89PNG") || text.startsWith("GIF8")
    || (text.startsWith("RIFF") && text.slice(8, 12) === "WEBP");
}

async function asPng(file) {
  const bitmap = await createImageBitmap(file);
  const canvas = document.createElement("canvas");
  canvas.width = bitmap.width;
  canvas.height = bitmap.height;
  canvas.getContext("2d").drawImage(bitmap, 0, 0);
  bitmap.close();
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
  if (!blob) throw new Refusal(word("noPicture"));
  return new File([blob], (file.name || "picture").replace(/\.\w+$/, "") + ".png", { type: "image/png" });
}

/** Sends `file` to `url`, showing it as a tile in `place`. Resolves to the answer and the tile, or null when it failed or was stopped. */
export async function upload(file, url, place) {
  const tile = new Tile(file, place);
  try {
    const ready = await readable(file);
    const answer = await send(url, ready, { onprogress: (part) => tile.progress(part), signal: tile.signal });
    if (answer.ok) return { answer, tile: tile.root, done: () => tile.remove() };
    tile.fail(answer.words);
  } catch (error) {
    if (error.name !== "AbortError") tile.fail(error instanceof Refusal ? error.message : word("notSent"));
  }
  return null;
}

/** Sends one file, telling how far it is (0 to 1). */
function send(url, file, { onprogress, signal }) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const form = new FormData();
    form.append("picture", file, file.name || "picture.png");
    request.open("POST", url);
    request.setRequestHeader("Accept", FRAGMENT);
    request.upload.onprogress = (event) => event.lengthComputable && onprogress(event.loaded / event.total);
    request.onload = () => resolve(understood(request.status, request.responseText, request.getResponseHeader("Location"), null));
    request.onerror = () => reject(new Refusal(word("unreachable")));
    request.onabort = () => reject(new DOMException("Stopped", "AbortError"));
    signal.addEventListener("abort", () => request.abort());
    request.send(form);
  });
}

class Tile {
  #stop = new AbortController();
  #url;

  constructor(file, place) {
    this.#url = URL.createObjectURL(file);
    this.root = element("li", "upload");
    this.picture = element("span", "tile");
    const image = element("img");
    image.src = this.#url;
    image.alt = file.name || word("picture");
    image.onerror = () => image.remove();
    this.ring = ring();
    this.picture.append(image, this.ring);
    const close = element("button", "mini");
    close.type = "button";
    close.textContent = "✕";
    close.setAttribute("aria-label", word("removeFile", { name: file.name || word("picture") }));
    close.onclick = () => { this.#stop.abort(); this.remove(); };
    this.root.append(this.picture, close);
    place.append(this.root);
  }

  get signal() {
    return this.#stop.signal;
  }

  progress(part) {
    this.ring.style.setProperty("--done", Math.round(part * 100));
  }

  fail(words) {
    this.ring.remove();
    const error = element("span", "error");
    error.setAttribute("role", "alert");
    error.textContent = words;
    this.root.append(error);
    this.root.dataset.failed = "";
  }

  remove() {
    URL.revokeObjectURL(this.#url);
    this.root.remove();
  }
}

function element(name, className = "") {
  const made = document.createElement(name);
  if (className) made.className = className;
  return made;
}

function ring() {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("class", "upload-ring");
  svg.setAttribute("viewBox", "0 0 32 32");
  svg.setAttribute("aria-hidden", "true");
  const circle = document.createElementNS(space, "circle");
  for (const [name, value] of [["cx", 16], ["cy", 16], ["r", 12], ["pathLength", 100]]) circle.setAttribute(name, value);
  svg.append(circle);
  return svg;
}
