// Exams: takers, mean score, and the country's mean where it is registered.

import { absent, lead, put, table } from "./dom.js";
import { latest } from "./lists.js";
import { source } from "./source.js";
import { figure, number, signed } from "./words.js";

export async function showExams(passport) {
  const { data, revision, source_time: time } = passport.parts.ege;
  const year = latest(Object.keys(data ?? {}));
  if (!year) return put("exams", absent("По этой территории результаты не опубликованы."));
  const subjects = Object.values(data[year]);
  const rows = subjects.map(({ title, takers, mean, benchmark }) =>
    [title, figure(takers), figure(mean) ?? "не указан", national(benchmark), apart(mean, benchmark)]);
  const columns = [["Предмет", ""], ["Сдавали, чел.", "num"], ["Средний балл", "num"], ["В среднем по России", "num"], ["Разница", "num"]];
  const notes = [...new Set(subjects.map(({ benchmark }) => benchmark?.source).filter(Boolean))];
  put("exams",
    lead("Средний балл — по стобалльной шкале. «Не указан» значит, что в источнике его нет."),
    table(`ЕГЭ ${year} года`, columns, rows),
    await source(`/v1/territories/${passport.territory.oktmo}/passport`, { revision, time, note: notes.length ? `По России: ${notes.join("; ")}.` : null }));
}

const parsed = (text) => Number(String(text).replace(",", "."));

const national = (benchmark) => (benchmark ? number(parsed(benchmark.value)) : null);

function apart(mean, benchmark) {
  if (!mean || !benchmark) return null;
  return signed(Number((Number(mean.value) - parsed(benchmark.value)).toFixed(6)));
}
