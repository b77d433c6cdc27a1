// The cyclogram: events against months; what has no date is listed below, never guessed.

import { absent, h, lead, put, scrolling, spoken } from "./dom.js";
import { doubtMark } from "./doubts.js";
import { byTitle } from "./lists.js";
import { source } from "./source.js";
import { KINDS, MONTHS, counted, day } from "./words.js";

const monthOf = (text) => { const [year, month] = text.split("-").map(Number); return year * 12 + month - 1; };
const yearOf = (month) => Math.floor(month / 12);
const named = (month) => `${MONTHS[month % 12]} ${yearOf(month)}`;

export async function showCyclogram(document, row) {
  if (!document) return put("cyclogram", absent("Циклограмма ещё не опубликована."));
  const dated = document.items.filter((item) => item.from && item.to);
  const undated = document.items.filter((item) => !item.from || !item.to);
  put("cyclogram",
    lead("Мероприятия дорожной карты по месяцам. Вопросы к источнику раскрываются знаком «?» и среди находок."),
    legend(document.items),
    dated.length ? grid(document, dated) : null,
    undated.length ? waiting(undated) : null,
    await source(`/v1/training/${document.year}/cyclogram`, { revision: document.revision, tabular: true, time: row?.source_time }));
}

const legend = (items) =>
  h("ul", { class: "legend" }, Object.entries(KINDS).filter(([kind]) => items.some((item) => item.kind === kind)).map(([kind, title]) =>
    h("li", {}, h("span", { class: `swatch kind-${kind}` }), title)));

function grid(document, items) {
  const first = Math.min(...items.map((item) => monthOf(item.from)));
  const last = Math.max(...items.map((item) => monthOf(item.to)));
  const months = Array.from({ length: last - first + 1 }, (_, n) => first + n);
  const years = [...new Set(months.map(yearOf))];
  const caption = `Циклограмма ${document.year} года`;
  const head = h("thead", {},
    h("tr", {}, h("th", { scope: "col", rowspan: "2" }, "Мероприятие"), years.map((year) =>
      h("th", { scope: "colgroup", class: "group first", colspan: months.filter((month) => yearOf(month) === year).length }, String(year)))),
    h("tr", {}, months.map((month) => h("th", { scope: "col", class: "month" }, MONTHS[month % 12]))));
  const ordered = [...items].sort((a, b) => monthOf(a.from) - monthOf(b.from) || byTitle(a, b));
  return scrolling(caption, h("table", { class: "months" }, h("caption", {}, caption), head,
    h("tbody", {}, ordered.map((item) => line(item, first, last)))));
}

function line(item, first, last) {
  const [from, to] = [monthOf(item.from), monthOf(item.to)];
  const empty = (count) => Array.from({ length: count }, () => h("td", {}));
  const when = item.precision === "day" ? day(item.from) : from === to ? named(from) : `${named(from)} – ${named(to)}`;
  return h("tr", {}, h("th", { scope: "row" }, item.title, doubtMark(item.doubts, item.title), h("span", { class: "minor below" }, about(item))),
    empty(from - first),
    h("td", { class: "on", colspan: to - from + 1 },
      h("span", { class: `mark kind-${item.kind}` }, spoken(`${KINDS[item.kind] ?? item.kind}, ${when}`),
        h("span", { "aria-hidden": "true" }, item.precision === "day" ? String(Number(item.from.slice(8, 10))) : item.seats))),
    empty(last - to));
}

const about = (item) => [
  item.seats && counted(item.seats, "место", "места", "мест"),
  item.precision === "day" && item.from ? day(item.from) : null,
  ...(item.venues ?? []),
  item.doubts?.length && counted(item.doubts.length, "вопрос к источнику", "вопроса к источнику", "вопросов к источнику"),
].filter(Boolean).join(" · ");

const waiting = (items) => [
  h("h3", {}, "Без дат в источнике"),
  h("ul", { class: "plain" }, items.map((item) => h("li", {}, item.title, doubtMark(item.doubts, item.title), h("span", { class: "minor" }, ` — ${[KINDS[item.kind]?.toLowerCase(), about(item)].filter(Boolean).join(" · ")}`)))),
];
