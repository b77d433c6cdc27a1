// Pictures that a reader takes away: SVG as it is, PNG drawn from it.

import { h, svg } from "./dom.js";

const SCALE = 2;

function offer(blob, name) {
  const link = h("a", { href: URL.createObjectURL(blob), download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}

const written = (picture) => `<?xml version="1.0" encoding="UTF-8"?>\n${new XMLSerializer().serializeToString(picture)}`;

export const saveSvg = (picture, name) => offer(new Blob([written(picture)], { type: "image/svg+xml" }), `${name}.svg`);

export async function savePng(picture, name) {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(written(picture))}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = image.naturalWidth * SCALE;
  canvas.height = image.naturalHeight * SCALE;
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  canvas.toBlob((blob) => offer(blob, `${name}.png`), "image/png");
}

// Lines of text under a picture: what it shows and where it is from.
export const caption = (lines, width, top) =>
  lines.map((line, n) => svg("text", { x: 0, y: top + 16 * n, "font-size": 12, fill: "#333333", textLength: line.length * 6.2 > width ? width : null, lengthAdjust: "spacingAndGlyphs" }, line));
