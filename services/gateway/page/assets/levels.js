// The traffic light: a level is told by a word and a shape, colour only helps.

import { absent, h, put, table } from "./dom.js";
import { number, place, signed } from "./words.js";

const SHAPES = { optimal: "▲", acceptable: "●", unnamed: "◆", critical: "▼" };

export function badge(level) {
  if (!level) return null;
  const shape = h("span", { "aria-hidden": "true" }, SHAPES[level.code] ?? "●", " ");
  const doubt = level.undecidable ? h("span", { class: "doubt" }, "; точность чисел допускает и соседний") : null;
  return h("span", { class: `badge level-${level.code}` }, shape, level.title ?? level.code, doubt);
}

const best = (node) => node?.place ?? node?.declared?.place ?? null;
const inGroup = (node) => node?.group_place ?? node?.declared?.group_place ?? null;

export function showSummary(passport) {
  const rum = passport.parts.ratings.data?.rum;
  const year = rum && Object.keys(rum).sort().at(-1);
  const total = year && rum[year].total;
  const change = year && rum[year].change?.nodes?.total;
  const counts = passport.parts.findings.counts;
  document.getElementById("h-summary").textContent = passport.territory.title;
  const tiles = [
    total && tile(`РУМ ${year}`, number(total.score, 3) ?? "—", badge(total.level)),
    total && tile("Место в России", place(best(total)) ?? "—", [total.place ? null : "объявлено", change?.place && `к прошлому году ${moved(change.place)}`].filter(Boolean).join("; ")),
    total && tile("Место в округе", place(inGroup(total)) ?? "—", [total.group_place ? null : "объявлено", inGroup(total) && `из ${inGroup(total).of}`].filter(Boolean).join("; ")),
    tile("Противоречий в числах", String(counts.contradiction), `ещё спорных: ${counts.implausible + counts.hazard}`),
  ];
  const warnings = [
    ...passport.unreachable.map((part) => `Часть «${part}» ещё не получена.`),
    ...passport.stale.map(({ part, since }) => `Часть «${part}» не обновлялась с ${since}.`),
  ];
  put("summary", h("div", { class: "tiles" }, tiles), warnings.map((text) => h("p", { class: "warning" }, text)));
}

const tile = (title, value, note) =>
  h("div", { class: "tile" }, h("p", { class: "what" }, title), h("p", { class: "value" }, value), note && h("p", { class: "note" }, note));

function moved(change) {
  const span = change.from === change.to ? signed(change.from) : `от ${signed(change.from)} до ${signed(change.to)}`;
  const word = { improved: "лучше", worsened: "хуже", unchanged: "без перемен" }[change.label] ?? "в пределах диапазона";
  return `${word} (${span})`;
}

export function showLight(rating, previous, oktmo) {
  if (!rating) return put("light", absent("Рейтинг ещё не опубликован."));
  const before = new Map((previous?.rows ?? []).map((row) => [row.territory, row]));
  const rows = rating.rows.map(({ territory, title, nodes }) => [
    territory === oktmo ? h("strong", {}, title) : title,
    badge(nodes.total.level) ?? h("span", { class: "absent" }, "баллы не опубликованы"),
    number(nodes.total.score, 3),
    place(best(before.get(territory)?.nodes.total)),
    place(best(nodes.total)),
    place(inGroup(nodes.total)),
  ]);
  const columns = [["Территория", ""], ["Уровень", ""], ["Балл", "num"], [`Место ${previous?.period ?? "прежде"}`, "num"], [`Место ${rating.period}`, "num"], ["В округе", "num"]];
  put("light", table(`РУМ ${rating.period}: уровень по итоговому баллу`, columns, rows), h("p", { class: "cite" }, rating.citation));
}
