// What the programme does: measures by part with their state, and the roadmap with its terms.

import { readAll } from "./api.js";
import { absent, h, lead, put, table } from "./dom.js";
import { source } from "./source.js";
import { day } from "./words.js";

const STATES = { planned: "запланировано", running: "идёт", done: "выполнено", cancelled: "отменено" };

export async function showMeasures(owned, titles) {
  if (!owned) return put("measures", absent("Мероприятия этой территории не опубликованы."));
  const [measures, tasks] = await Promise.all([readAll("/v1/training/measures"), readAll("/v1/training/roadmap")]);
  if (!measures.length && !tasks.length) return put("measures", absent("Мероприятия ещё не загружены."));
  put("measures",
    lead("Срок, который прошёл, а о выполнении не сообщено, отмечен словом «просрочено». «Срок не указан» значит, что его нет в документе."),
    measures.length ? listing(measures, titles) : null,
    tasks.length ? roadmap(tasks) : null,
    await source("/v1/training/measures", { citation: "Мероприятия программы и дорожная карта, состояние по сведениям системы" }));
}

const term = (from, to) => (to ? (from ? `${day(from)} — ${day(to)}` : `до ${day(to)}`) : from ? `с ${day(from)}` : "срок не указан");

function overdue({ state, to }) {
  return to && to < new Date().toISOString().slice(0, 10) && (state === "planned" || state === "running");
}

const stated = (row, late) => [STATES[row.state] ?? "не указано", late ? h("strong", { class: "below" }, "просрочено") : null];

function listing(measures, titles) {
  const named = new Map(measures.map((one) => [one.code, one.title]));
  return table("Мероприятия программы", [["Мероприятие", ""], ["Показатели", ""], ["Срок", ""], ["Состояние", ""]],
    measures.filter((one) => one.parent || one.state).map((one) => [
      [one.title, one.parent ? h("span", { class: "minor below" }, named.get(one.parent) ?? null) : null],
      one.indicators?.length ? h("ul", { class: "plain" }, one.indicators.map((code) => h("li", {}, titles.get(code) ?? code))) : "не указаны",
      term(one.from, one.to), stated(one, overdue(one)),
    ]));
}

const roadmap = (tasks) =>
  table("Дорожная карта", [["Задача", ""], ["Ответственный", ""], ["Срок", ""], ["Состояние", ""]],
    tasks.map((task) => [task.title, task.owner_role ?? "не указан", task.term ? `до ${day(task.term)}` : "срок не указан", stated(task, task.overdue)]));
