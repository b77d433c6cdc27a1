// Exams, thresholds and coverage.

import { absent, h, put, table } from "./dom.js";
import { TIERS, figure, number, signed } from "./words.js";

export function showExams(data) {
  const year = data && Object.keys(data).sort().at(-1);
  if (!year) return put("exams", absent("По этой территории результаты не опубликованы."));
  const rows = Object.values(data[year]).map((subject) => [
    subject.title,
    figure(subject.takers),
    figure(subject.mean) ?? "не напечатан",
    subject.benchmark?.value ?? null,
  ]);
  const columns = [["Предмет", ""], ["Сдавали, чел.", "num"], ["Средний балл", "num"], ["В среднем по стране", "num"]];
  put("exams", table(`ЕГЭ ${year}`, columns, rows));
}

const GRADES = [9, 10, 11];

export function showThresholds(document) {
  if (!document) return put("thresholds", absent("Проходные баллы ещё не опубликованы."));
  const subjects = grouped(document.rows);
  const names = [...subjects.keys()].sort((a, b) => a.localeCompare(b, "ru"));
  const columns = [["Предмет", ""], ...GRADES.map((grade) => [`${grade} класс`, "num"])];
  const rows = names.map((name) => [name, ...GRADES.map((grade) => threshold(subjects.get(name).find((row) => row.grade === grade)))]);
  put("thresholds",
    table(`Сезон ${document.season}: балл, процент от максимума, изменение к прошлому сезону в баллах`, columns, rows),
    h("p", { class: "cite" }, `Редакция ${document.revision}. Изменение в баллах не говорит о трудности: максимумы сезонов могут различаться.`));
}

function grouped(rows) {
  const map = new Map();
  for (const row of rows) map.set(row.title, [...(map.get(row.title) ?? []), row]);
  return map;
}

function threshold(row) {
  if (!row || row.score === null) return null;
  const percent = row.percent.declared ?? row.percent.derived;
  const delta = signed(row.previous?.delta ?? null);
  return h("span", {}, h("b", {}, number(row.score)), percent && h("span", { class: "minor" }, ` · ${number(percent)} %`), delta && h("span", { class: "minor" }, ` · ${delta}`));
}

export function showCoverage(document) {
  if (!document) return put("coverage", absent("Обеспеченность ещё не опубликована."));
  const rows = document.rows.map((row) => [
    row.title ?? row.subject,
    TIERS[row.tier] ?? row.tier,
    number(row.need),
    number(row.seats),
    row.share === null ? null : share(Number(row.share)),
    number(row.shortage),
  ]);
  const columns = [["Предмет", ""], ["Учителя", ""], ["Нужно мест", "num"], ["Есть мест", "num"], ["Обеспечено", "num wide"], ["Не хватает", "num"]];
  put("coverage", table(`Курсы ${document.year} года: места и потребность`, columns, rows), h("p", { class: "cite" }, `Редакция ${document.revision}. Потребность — доля категории от числа учителей предмета.`));
}

const share = (percent) =>
  h("span", { class: "share" }, h("meter", { min: 0, max: 120, value: Math.min(120, percent), "aria-label": `${number(percent, 1)} процентов` }), ` ${number(percent, 1)} %`);
