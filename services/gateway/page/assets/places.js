// Places as ranges over the years: a bar from the best to the worst place of a tie.

import { absent, h, put, svg, table } from "./dom.js";
import { GROUPS, place } from "./words.js";

const LEFT = 34, RIGHT = 34, TOP = 18, HEIGHT = 190, STEP = 92, BAR = 26;

const declared = (node) => node?.place ?? node?.declared?.place ?? null;

export function showPlaces(data) {
  const series = [];
  for (const [programme, years] of Object.entries(data ?? {})) {
    const codes = programme === "motivating" ? ["conditions", "results", "processes"] : ["total"];
    for (const code of codes) {
      const points = Object.keys(years).sort().map((year) => ({ year, place: declared(years[year][code]), group: years[year][code]?.declared?.group_place ?? years[year][code]?.group_place }));
      if (points.some((point) => point.place)) series.push({ title: GROUPS[code] ?? code, points });
    }
  }
  if (!series.length) return put("places", absent("По этой территории места не опубликованы."));
  put("places",
    h("div", { class: "charts" }, series.map(chart)),
    h("details", {}, h("summary", {}, "Те же места таблицей"), series.map(listing)));
}

function chart({ title, points }) {
  const most = Math.max(85, ...points.map((point) => point.place?.of ?? 0));
  const y = (rank) => TOP + ((rank - 1) / (most - 1)) * HEIGHT;
  const width = LEFT + points.length * STEP + RIGHT;
  const told = points.filter((point) => point.place).map((point) => `${point.year}: ${place(point.place)}`).join("; ");
  const grid = [1, 20, 40, 60, most].map((rank) =>
    svg("g", { class: "grid" },
      svg("line", { x1: LEFT, x2: width, y1: y(rank), y2: y(rank) }),
      svg("text", { x: LEFT - 6, y: y(rank) + 4, "text-anchor": "end" }, String(rank))));
  const bars = points.map((point, n) => bar(point, LEFT + n * STEP + STEP / 2, y));
  return h("figure", { class: "chart" },
    h("figcaption", {}, title),
    svg("svg", { viewBox: `0 0 ${width} ${TOP + HEIGHT + 32}`, role: "img", "aria-label": `${title}. Места: ${told}` }, grid, bars));
}

function bar({ year, place: range }, x, y) {
  const label = svg("text", { x, y: TOP + HEIGHT + 24, "text-anchor": "middle", class: "year" }, year);
  if (!range) return svg("g", {}, label);
  const top = y(range.from) - 3, bottom = y(range.to) + 3;
  const below = top < TOP + 16;
  return svg("g", {}, label,
    svg("rect", { x: x - BAR / 2, y: top, width: BAR, height: bottom - top, rx: 3, class: "range" }),
    svg("text", { x: x + BAR / 2 + 5, y: below ? bottom - 1 : (top + bottom) / 2 + 4, class: "value" }, place(range)));
}

const listing = ({ title, points }) =>
  table(title, [["Год", ""], ["Место в России", "num"], ["Из", "num"], ["В округе", "num"]],
    points.map((point) => [point.year, place(point.place), point.place?.of ?? null, place(point.group)]));
