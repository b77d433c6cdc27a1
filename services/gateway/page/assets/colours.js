// Colours of tiles: a level's own, or a neutral scale by score; ink with the better contrast.

const SCALE = ["#f4f8fc", "#e6eff8", "#d5e4f2", "#c0d6ec", "#a5c4e3", "#83add8", "#6f9fd2", "#2f6cad", "#144680"];
export const EMPTY = "#ffffff";
const DARK = "#0b1622", LIGHT = "#ffffff";

export function colourOf(node, bands) {
  const level = bands.find((band) => band.code === node?.level?.code);
  if (level && /^#[0-9a-f]{6}$/i.test(level.colour ?? "")) return level.colour;
  if (node?.score === null || node?.score === undefined) return EMPTY;
  return SCALE[Math.max(0, Math.min(SCALE.length - 1, Math.floor((node.score / 100) * SCALE.length)))];
}

const linear = (part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);

function luminance(colour) {
  const [r, g, b] = [1, 3, 5].map((at) => linear(parseInt(colour.slice(at, at + 2), 16) / 255));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

export function inkOn(colour) {
  const paper = luminance(colour);
  return (1.05 / (paper + 0.05)) > ((paper + 0.05) / (luminance(DARK) + 0.05)) ? LIGHT : DARK;
}
