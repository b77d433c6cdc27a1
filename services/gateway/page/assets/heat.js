// The heat map of directions: one hue from light to dark, since levels belong to the total alone.

import { absent, h, lead, put, scrolling } from "./dom.js";
import { source } from "./source.js";
import { figure, number, signed } from "./words.js";

const STEPS = 9;

const valueOf = (node) => (node ? node.score ?? (node.declared?.score ? Number(node.declared.score.value) : null) : null);

export async function showHeat(ratings, oktmo) {
  const years = ratings.filter(Boolean);
  const rows = years.map((rating) => rating.rows.find((row) => row.territory === oktmo));
  const known = rows.some((row) => row && Object.values(row.nodes).some((node) => valueOf(node) !== null));
  if (!known) return put("heat", absent("По этой территории баллы направлений не опубликованы."));
  const nodes = [...new Map(years.flatMap((rating) => rating.nodes).map((node) => [node.code, node])).values()];
  const latest = years.at(-1);
  put("heat",
    lead("Баллы механизмов и направлений, от 0 до 100. Шкала нейтральная: чем темнее, тем больше; уровней у направлений нет."),
    scrolling("Баллы направлений по годам", map(nodes, years, rows)),
    scale(),
    await source(`/v1/ratings/${latest.programme}/${latest.period}`, { citation: latest.citation, revision: latest.revision, tabular: true }));
}

function map(nodes, years, rows) {
  const compared = years.length > 1;
  const head = h("tr", {}, h("th", { scope: "col" }, "Направление"),
    years.map((rating) => h("th", { scope: "col", class: "num" }, rating.period)),
    compared ? h("th", { scope: "col", class: "num" }, "Изменение") : null);
  const lines = nodes.map((node) => {
    const own = rows.map((row) => row?.nodes[node.code]);
    return h("tr", { class: `depth-${depth(node, nodes)}` },
      h("th", { scope: "row" }, node.parent === null ? node.title : `${node.code}. ${node.title}`),
      own.map(cell),
      compared ? h("td", { class: "num" }, difference(own.at(-2), own.at(-1)) ?? "—") : null);
  });
  return h("table", { class: "heat" }, h("caption", {}, "Баллы по годам и изменение за последний год"), h("thead", {}, head), h("tbody", {}, lines));
}

function depth(node, nodes) {
  const parent = nodes.find((one) => one.code === node.parent);
  return parent && parent !== node ? Math.min(3, depth(parent, nodes) + 1) : 0;
}

function difference(before, after) {
  const [was, is] = [valueOf(before), valueOf(after)];
  return was === null || is === null ? null : signed(is - was, 3);
}

function cell(node) {
  const value = valueOf(node);
  if (value === null) return h("td", { class: "num" }, "—");
  const declared = figure(node.declared?.score);
  const printed = declared !== null && declared !== number(value, 3);
  return h("td", { class: `num heat-${step(value)}` }, number(value, 3),
    printed ? h("small", {}, `напечатано ${declared}`) : null);
}

const step = (value) => Math.max(0, Math.min(STEPS - 1, Math.floor((value / 100) * STEPS)));

const scale = () =>
  h("p", { class: "scale", "aria-hidden": "true" }, "0 ", Array.from({ length: STEPS }, (_, n) => h("span", { class: `swatch heat-${n}` })), " 100 баллов");
