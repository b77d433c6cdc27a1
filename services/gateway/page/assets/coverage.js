// Seats of courses against the need of teachers, a bar to the hundred.

import { absent, h, lead, put, scrolling, svg } from "./dom.js";
import { doubtMark } from "./doubts.js";
import { grouped } from "./lists.js";
import { source } from "./source.js";
import { TIERS, number } from "./words.js";

const FULL = 80, MOST = 120;

export async function showCoverage(document, row) {
  if (!document) return put("coverage", absent("Обеспеченность ещё не опубликована."));
  const caption = `Курсы ${document.year} года: места и потребность`;
  const head = [["Предмет", ""], ["Учителя", ""], ["Нужно мест", "num"], ["Есть мест", "num"], ["Обеспечено", "share"], ["Не хватает", "num"]];
  put("coverage",
    lead("Потребность — доля категории от числа учителей предмета. Черта на полосе — сто процентов; «—» значит, что мест источник не называет."),
    scrolling(caption, h("table", { class: "tiered" }, h("caption", {}, caption),
      h("thead", {}, h("tr", {}, head.map(([title, kind]) => h("th", { scope: "col", class: kind }, title)))),
      groups(document.rows))),
    await source(`/v1/training/${document.year}/coverage`, { revision: document.revision, tabular: true, time: row?.source_time }));
}

function groups(rows) {
  return [...grouped(rows, (row) => row.subject).values()].map((own) =>
    h("tbody", {}, own.map((row, n) =>
      h("tr", {},
        n === 0 ? h("th", { scope: "rowgroup", rowspan: own.length }, row.title ?? row.subject,
          h("span", { class: "minor below" }, `${number(row.headcount)} учителей`)) : null,
        h("th", { scope: "row" }, TIERS[row.tier] ?? row.tier),
        h("td", { class: "num" }, number(row.need) ?? "—",
          doubtMark([...(row.doubts ?? []), ...(row.assumptions ?? [])], `${row.title ?? row.subject}, ${TIERS[row.tier] ?? row.tier}`)),
        h("td", { class: "num" }, number(row.seats) ?? "—"),
        h("td", { class: "share" }, row.share === null ? "—" : [bar(Number(row.share)), h("span", {}, `${number(row.share, 1)} %`)]),
        h("td", { class: row.shortage ? "num short" : "num" }, number(row.shortage) ?? "—")))));
}

const bar = (percent) =>
  svg("svg", { class: "bar-of", viewBox: `0 0 ${MOST} 10`, "aria-hidden": "true" },
    svg("rect", { class: "track", width: FULL, height: 10 }),
    svg("rect", { class: "filled", width: Math.min(MOST, (percent / 100) * FULL), height: 10 }),
    svg("line", { class: "mark-full", x1: FULL, x2: FULL, y1: 0, y2: 10 }));
