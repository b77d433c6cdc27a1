// The cyclogram: events against months; what has no date is listed below, never guessed.

import { absent, h, put } from "./dom.js";
import { KINDS, MONTHS, number } from "./words.js";

const monthOf = (text) => { const [year, month] = text.split("-").map(Number); return year * 12 + month - 1; };

export function showCyclogram(document) {
  if (!document) return put("cyclogram", absent("Циклограмма ещё не опубликована."));
  const dated = document.items.filter((item) => item.from && item.to);
  const undated = document.items.filter((item) => !item.from || !item.to);
  put("cyclogram", dated.length ? grid(document, dated) : null, undated.length ? waiting(undated) : null);
}

function grid(document, items) {
  const first = Math.min(...items.map((item) => monthOf(item.from)));
  const last = Math.max(...items.map((item) => monthOf(item.to)));
  const months = Array.from({ length: last - first + 1 }, (_, n) => first + n);
  const head = h("tr", {}, h("th", { scope: "col" }, "Мероприятие"), months.map((month) =>
    h("th", { scope: "col", class: "month" }, MONTHS[month % 12], month % 12 === 0 || month === first ? h("br") : null, month % 12 === 0 || month === first ? String(Math.floor(month / 12)) : null)));
  const lines = [...items].sort((a, b) => monthOf(a.from) - monthOf(b.from)).map((item) =>
    h("tr", {}, h("th", { scope: "row" }, item.title, h("span", { class: "minor" }, ` ${about(item)}`)),
      months.map((month) => span(item, month))));
  const caption = `Циклограмма ${document.year} года, редакция ${document.revision}`;
  return h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": caption },
    h("table", { class: "months" }, h("caption", {}, caption), h("thead", {}, head), h("tbody", {}, lines)));
}

const about = (item) =>
  [KINDS[item.kind] ?? item.kind, item.seats && `${number(item.seats)} мест`, item.doubts.length && "есть вопросы к источнику"].filter(Boolean).join(", ");

function span(item, month) {
  const inside = month >= monthOf(item.from) && month <= monthOf(item.to);
  if (!inside) return h("td", {});
  return h("td", { class: `on kind-${item.kind}` }, h("span", { class: "mark" }, h("span", { class: "hidden" }, KINDS[item.kind] ?? "да")));
}

const waiting = (items) =>
  h("div", {}, h("h3", {}, "Без дат в источнике"), h("ul", { class: "plain" }, items.map((item) => h("li", {}, item.title, h("span", { class: "minor" }, ` ${about(item)}`)))));
