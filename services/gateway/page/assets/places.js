// Places as ranges over the years: a bar from the best to the worst place of a tie.

import { absent, h, lead, put, svg, table } from "./dom.js";
import { source } from "./source.js";
import { GROUPS, PROGRAMMES, moved, place } from "./words.js";

const LEFT = 30, RIGHT = 46, TOP = 14, HEIGHT = 170, STEP = 78, BAR = 20;

export async function showPlaces(passport) {
  const { data, revision, source_time: time } = passport.parts.ratings;
  const series = seriesOf(data ?? {});
  if (!series.length) return put("places", absent("По этой территории места не опубликованы."));
  const years = [...new Set(series.flatMap((one) => one.points.map((point) => point.year)))].sort();
  put("places",
    lead("Чем выше столбик, тем лучше место. Высота столбика — диапазон мест, которые делят регионы с равным результатом: «28–39» значит от 28-го до 39-го."),
    h("ul", { class: "legend" },
      h("li", {}, h("span", { class: "swatch computed" }), "вычислено по баллам всех участников"),
      h("li", {}, h("span", { class: "swatch declared" }), "объявлено источником")),
    h("div", { class: "charts" }, series.map((one) => chart(one, years))),
    h("details", {}, h("summary", {}, "Те же места таблицей"), series.map(listing)),
    await source(`/v1/territories/${passport.territory.oktmo}/passport`, { revision, time }));
}

function seriesOf(data) {
  return Object.entries(data).flatMap(([programme, years]) =>
    [...new Set(Object.values(years).flatMap(Object.keys))]
      .map((code) => named(programme, code, pointsOf(years, code)))
      .filter((one) => one.points.some((point) => point.computed || point.declared)));

function named(code, node, points) {
  const programme = PROGRAMMES[code] ?? code;
  const name = node === "total" ? "Итог" : GROUPS[node] ?? node;
  return { programme, name, title: `${programme}: ${name.toLowerCase()}`, points };
}
}

const pointsOf = (years, code) =>
  Object.keys(years).sort().map((year) => {
    const node = years[year][code];
    return {
      year,
      computed: node?.place ?? null,
      declared: node?.declared?.place ?? null,
      group: node?.group_place ?? node?.declared?.group_place ?? null,
      change: years[year].change?.nodes?.[code]?.place ?? null,
      since: years[year].change?.since,
    };
  });

function chart({ name, programme, title, points }, years) {
  const shown = points.flatMap((point) => [point.computed, point.declared]).filter(Boolean);
  const most = Math.max(2, ...shown.map((one) => one.of ?? one.to));
  const y = (rank) => TOP + ((rank - 1) / (most - 1)) * HEIGHT;
  const width = LEFT + years.length * STEP + RIGHT - 20;
  const told = points.filter((point) => point.computed || point.declared).map((point) => `${point.year} — ${place(point.computed ?? point.declared)}`).join("; ");
  return h("figure", { class: "chart" },
    h("figcaption", {}, name, h("span", { class: "minor below" }, programme)),
    svg("svg", { viewBox: `0 0 ${width} ${TOP + HEIGHT + 28}`, role: "img", "aria-label": `${title}. Места из ${most}: ${told}` },
      ticks(most).map((rank) => gridline(rank, y, width)),
      years.map((year, n) => column(points.find((point) => point.year === year), year, LEFT + n * STEP + STEP / 2, y))),
    h("ul", { class: "moves" }, points.filter((point) => point.change).map((point) =>
      h("li", {}, `${point.year} к ${point.since}: ${moved(point.change)}`))));
}

// 1, round numbers between, the last place.
function ticks(most) {
  const step = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000].find((one) => most / one <= 5) ?? Math.ceil(most / 5);
  const inside = Array.from({ length: Math.ceil(most / step) }, (_, n) => (n + 1) * step);
  return [1, ...inside.filter((rank) => rank > 1 && rank <= most - step / 2), most];
}

const gridline = (rank, y, width) =>
  svg("g", { class: "grid" },
    svg("line", { x1: LEFT, x2: width, y1: y(rank), y2: y(rank) }),
    svg("text", { x: LEFT - 5, y: y(rank) + 4, "text-anchor": "end" }, String(rank)));

function column(point, year, x, y) {
  const label = svg("text", { x, y: TOP + HEIGHT + 22, "text-anchor": "middle", class: "year" }, year);
  const both = point?.computed && point?.declared;
  return svg("g", {}, label,
    point?.computed ? bar(point.computed, "computed", both ? x - BAR / 2 - 2 : x, y, !both) : null,
    point?.declared ? bar(point.declared, "declared", both ? x + BAR / 2 + 2 : x, y, true) : null);
}

function bar(range, kind, x, y, labelled) {
  const top = y(range.from) - 3, bottom = y(range.to) + 3;
  return svg("g", {},
    svg("rect", { x: x - BAR / 2, y: top, width: BAR, height: bottom - top, rx: 2, class: kind }),
    labelled ? svg("text", { x: x + BAR / 2 + 4, y: (top + bottom) / 2 + 4, class: "value" }, place(range)) : null);
}

const listing = ({ title, points }) =>
  table(title, [["Год", ""], ["Место, вычислено", "num"], ["Место, объявлено", "num"], ["Из", "num"], ["В округе", "num"]],
    points.map((point) => [point.year, place(point.computed), place(point.declared), (point.computed ?? point.declared)?.of ?? null, place(point.group)]));
