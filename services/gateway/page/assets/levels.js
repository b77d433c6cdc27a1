// The traffic light: a level is told by its word; the lamp beside it only helps.

import { read } from "./api.js";
import { absent, h, lead, put, svg, table } from "./dom.js";
import { doubtMark } from "./doubts.js";
import { source } from "./source.js";
import { counted, number, place } from "./words.js";

const GREY = "#8a94a3";

// The bands of the methodology a rating was made by, the highest first.
export async function bandsOf(rating) {
  const known = (await read("/v1/ratings/methodologies"))?.items ?? [];
  const made = known.find((one) => one.programme === rating?.programme && one.version === rating?.methodology);
  return [...(made?.document.levels?.bands ?? [])].sort((a, b) => b.from - a.from);
}

const lamp = (colour) =>
  svg("svg", { class: "lamp", viewBox: "0 0 12 12", "aria-hidden": "true" },
    svg("circle", { cx: 6, cy: 6, r: 5.5, fill: /^#[0-9a-f]{6}$/i.test(colour ?? "") ? colour : GREY }));

const bandOf = (bands, code) => bands.find((band) => band.code === code);

const span = (band) => `${number(band.from)}–${number(band.to)}`;

const titled = (band, code) => band?.title ?? (band ? `Без названия (${span(band)})` : code);

export function badge(level, bands) {
  if (!level) return null;
  const band = bandOf(bands, level.code);
  return h("span", { class: "badge" }, lamp(band?.colour), level.title ?? titled(band, level.code));
}

// What the printed precision leaves open, in words.
export function doubt(level, bands) {
  if (!level?.undecidable) return null;
  const others = level.possible.filter((code) => code !== level.code).map((code) => `«${titled(bandOf(bands, code), code)}»`);
  return `по точности напечатанных чисел возможен и ${others.join(", ")}`;
}

export const toNext = (level) =>
  level?.distance?.up ? `до уровня выше — ${counted(level.distance.up, "балл", "балла", "баллов")}` : null;

// Why a level is missing although there is a score.
export const outside = (node) =>
  node?.level_note === "OUTSIDE_DOMAIN" ? "балл вне шкалы уровней, уровня нет" : null;

// What a score was computed from, where that is not everything.
export const incomplete = (node) =>
  node?.incomplete ? `рассчитано по ${node.leaves.known} из ${counted(node.leaves.of, "показателя", "показателей", "показателей")}` : null;

// Why a computed place is not shown, with the place among those that are known.
export function withoutPlace(note, among, possible) {
  if (note === "PEERS_MISSING" && among?.of === 1) return "вычислить нельзя: баллов других участников нет";
  if (note === "PEERS_MISSING" && among) return `${among.label}-е из ${among.of}, по которым есть данные`;
  if (note !== "INCOMPLETE") return null;
  return possible ? `с недостающими значениями было бы ${place(possible)} из ${possible.of}` : "не хватает значений показателей";
}

// A computed place first; a declared one beside it, and marked as such.
export function places(computed, declared) {
  if (!computed && !declared) return null;
  return [
    place(computed),
    declared && h("span", { class: computed ? "minor" : null }, computed ? " объявлено " : "", place(declared)),
  ];
}

export async function showLight(rating, previous, oktmo, bands) {
  if (!rating) return put("light", absent("Рейтинг ещё не опубликован."));
  const before = new Map((previous?.rows ?? []).map((row) => [row.territory, row.nodes.total]));
  const rows = rating.rows.map(({ territory, title, nodes: { total } }) => [
    h(territory === oktmo ? "strong" : "span", {}, title),
    total?.level
      ? [badge(total.level, bands), h("span", { class: "minor below" }, doubt(total.level, bands))]
      : h("span", { class: "absent" }, "нет баллов"),
    [number(total?.score, 3) ?? "—", doubtMark(total?.doubts, title)],
    places(before.get(territory)?.place, before.get(territory)?.declared?.place),
    places(total?.place, total?.declared?.place),
    places(total?.group_place, total?.declared?.group_place),
  ]);
  const columns = [["Территория", ""], ["Уровень", "wide"], ["Балл", "num"],
    ...(previous ? [[`Место ${previous.period}`, "num"]] : [["Место прежде", "num"]]), [`Место ${rating.period}`, "num"], ["Место в округе", "num"]];
  put("light",
    lead("Уровень ставится по итоговому баллу. Места объявлены источником, кроме тех, что вычислены по баллам всех участников. «Нет баллов» — источник их не опубликовал."),
    legend(bands),
    table(`Рейтинг ${rating.period}: уровень, балл и места`, columns, rows),
    await source(`/v1/ratings/${rating.programme}/${rating.period}`, { citation: rating.citation, revision: rating.revision, tabular: true }));
}

export const legend = (bands) =>
  bands.length
    ? h("ul", { class: "legend", "aria-label": "Границы уровней, баллы" },
      bands.map((band) => h("li", {}, lamp(band.colour), band.title ?? "Без названия", " ", h("b", {}, span(band)))))
    : null;
