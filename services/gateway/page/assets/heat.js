// The heat map of directions: one hue from light to dark, since levels belong to the total alone.

import { absent, h, put } from "./dom.js";
import { figure, number } from "./words.js";

const STEPS = 9;

const valueOf = (node) => (node ? node.score ?? (node.declared?.score ? Number(node.declared.score.value) : null) : null);

export function showHeat(ratings, oktmo) {
  const years = ratings.filter(Boolean);
  const rows = years.map((rating) => rating.rows.find((row) => row.territory === oktmo));
  const known = rows.some((row) => row && Object.values(row.nodes).some((node) => valueOf(node) !== null));
  if (!known) return put("heat", absent("По этой территории баллы направлений не опубликованы."));
  const nodes = years.at(-1).nodes;
  const head = h("tr", {}, h("th", { scope: "col" }, "Направление"), years.map((rating) => h("th", { scope: "col", class: "num" }, rating.period)));
  const lines = nodes.map((node) =>
    h("tr", { class: node.parent === null ? "total" : /^[IVX]+$/.test(node.code) ? "block" : "" },
      h("th", { scope: "row" }, /^\d|^I/.test(node.code) ? `${node.code}. ${node.title}` : node.title),
      rows.map((row) => cell(row?.nodes[node.code]))));
  put("heat",
    h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Баллы направлений по годам" },
      h("table", { class: "heat" }, h("caption", {}, "Баллы, 0–100; чем темнее, тем больше"), h("thead", {}, head), h("tbody", {}, lines))),
    legend());
}

function cell(node) {
  const value = valueOf(node);
  if (value === null) return h("td", { class: "num" }, "—");
  const declared = figure(node.declared?.score);
  const title = declared === null ? null : `Напечатано: ${declared}`;
  return h("td", { class: `num heat-${step(value)}`, title }, number(value, 3));
}

const step = (value) => Math.max(0, Math.min(STEPS - 1, Math.floor((value / 100) * STEPS)));

const legend = () =>
  h("p", { class: "legend" }, "0 ", Array.from({ length: STEPS }, (_, n) => h("span", { class: `swatch heat-${n}`, "aria-hidden": "true" })), " 100");
