// The active of the region: how many people are planned, how many appointed, what they do.

import { read, readAll } from "./api.js";
import { absent, h, lead, put, table } from "./dom.js";
import { source } from "./source.js";
import { number } from "./words.js";

export async function showActive(owned) {
  if (!owned) return put("active", absent("Численность актива этой территории не опубликована."));
  const [staffing, classes] = await Promise.all([read("/v1/training/staffing?limit=1"), readAll("/v1/training/directions")]);
  const totals = staffing?.totals ?? [];
  if (!totals.length) return put("active", absent("Численность актива ещё не загружена."));
  put("active",
    lead("Актив — люди, которые ведут методическую и управленческую работу. Число по программе стоит рядом с числом назначенных; «0 назначено» значит, что ни один человек ещё не внесён."),
    table("Актив: по программе и назначено", [["Часть", ""], ["По программе", "num"], ["Назначено", "num"], ["Вакантно", "num"]],
      totals.map((row) => [h("span", { class: row.part.includes(".") ? "indent" : null }, row.title), number(row.planned), number(row.appointed), number(row.vacant)])),
    work(classes),
    await source("/v1/training/staffing", { citation: "Численность актива: по программе и по назначениям, внесённым в систему" }));
}

function work(classes) {
  const functions = classes.filter((one) => one.version === "functions");
  const directions = new Map(classes.filter((one) => one.version === "directions").map((one) => [one.code, one.title]));
  if (!functions.length) return null;
  return [
    h("details", {}, h("summary", {}, `Функции актива: ${functions.length}`),
      table("Функции и направления, которым они служат", [["Функция", ""], ["Направления", ""]],
        functions.map((one) => [one.title, h("ul", { class: "plain" }, (one.maps_to ?? []).map((code) => h("li", {}, directions.get(code) ?? code)))]))),
    h("details", {}, h("summary", {}, `Направления работы: ${directions.size}`),
      h("ol", { class: "plain" }, [...directions.values()].map((title) => h("li", {}, title)))),
  ];
}
