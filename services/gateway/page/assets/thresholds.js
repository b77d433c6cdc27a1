// Passing scores by subject and grade, with last season's.

import { absent, h, lead, put, scrolling } from "./dom.js";
import { doubtMark } from "./doubts.js";
import { grouped } from "./lists.js";
import { source } from "./source.js";
import { dashed, number, signed } from "./words.js";

const PARTS = ["Балл", "%", "Было", "≥ 75 %"];

export async function showThresholds(document, row) {
  if (!document) return put("thresholds", absent("Проходные баллы ещё не опубликованы."));
  const grades = [...new Set(document.rows.map((one) => one.grade))].sort((a, b) => a - b);
  const caption = `Сезон ${dashed(document.season)}: проходные баллы на региональный этап`;
  put("thresholds",
    lead("Для каждого класса: проходной балл, процент от максимума, балл прошлого сезона с изменением и число участников, выполнивших не меньше 75 % заданий."),
    scrolling(caption, h("table", { class: "grades" }, h("caption", {}, caption), head(grades), body(document.rows, grades))),
    await source(`/v1/olympiads/${document.season}/thresholds`, {
      revision: document.revision,
      time: row?.source_time,
      note: "Изменение в баллах не говорит о трудности: максимумы сезонов могут различаться. «н/п» — не применимо: в источнике прочерк.",
    }));
}

const head = (grades) =>
  h("thead", {},
    h("tr", {}, h("th", { scope: "col", rowspan: "2" }, "Предмет"),
      grades.map((grade) => h("th", { scope: "colgroup", colspan: PARTS.length, class: "group first" }, `${grade} класс`))),
    h("tr", {}, grades.flatMap(() => PARTS.map((part, n) => h("th", { scope: "col", class: n ? "num" : "num first" }, part)))));

function body(rows, grades) {
  const subjects = grouped(rows, (row) => row.title);
  const names = [...subjects.keys()].sort((a, b) => a.localeCompare(b, "ru"));
  return h("tbody", {}, names.map((name) =>
    h("tr", {}, h("th", { scope: "row" }, name),
      grades.flatMap((grade) => cells(subjects.get(name).find((row) => row.grade === grade))))));
}

function cells(row) {
  if (!row) return PARTS.map((_, n) => h("td", { class: n ? "num" : "num first" }, "—"));
  const { score, percent, previous, at_least_75: strong } = row;
  const delta = signed(previous?.delta ?? null);
  return [
    h("td", { class: "num first" }, h("b", {}, number(score) ?? "—"), doubtMark(row.doubts, `${row.title}, ${row.grade} класс`)),
    h("td", { class: "num" }, number(percent.declared ?? percent.derived) ?? "—"),
    h("td", { class: "num" }, number(previous?.score) ?? "—", delta && h("small", {}, ` ${delta}`)),
    h("td", { class: "num" }, strong?.mark === "not_applicable" ? "н/п" : number(strong?.counted ?? strong?.declared) ?? "—"),
  ];
}
