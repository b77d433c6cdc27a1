// What the check or the load says: counts, errors at their cells, what changes into what.

import { h, table } from "/page/dom.js";

const SHOWN = 200;

export function problemOf({ status, data }) {
  if (status === 0) return "Портал не отвечает. Файл не отправлен; попробуйте ещё раз.";
  if (status === 401) return "Ключ больше не действует: войдите снова.";
  if (status === 403) return data?.detail ?? "Этому клиенту такая загрузка не разрешена.";
  return data?.detail ?? "Загрузка не удалась. Попробуйте ещё раз через минуту.";
}

export function counts({ counts: found, closed }) {
  const lines = [["получено строк", found.received], ["новых", found.inserted], ["изменённых", found.updated],
    ["без изменений", found.unchanged], ["с ошибками", found.rejected], closed ? ["закрытых", closed] : null];
  return h("p", {}, lines.filter(Boolean).map(([name, value]) => `${name} — ${value}`).join(", "), ".");
}

// The cell of the file, what stood in it, what is wrong and what it may have been.
export function errors({ errors: found, counts: { rejected } }) {
  if (!found.length) return null;
  const rest = rejected > found.length ? h("p", { class: "minor" }, `Показаны первые ${found.length} ошибок; все — в файле с пометками.`) : null;
  return [
    table("Ошибки у ячеек", [["Строка", "num"], ["Столбец", ""], ["В файле", ""], ["Что не так", ""]],
      found.slice(0, SHOWN).map((one) => [String(one.row), one.column ?? "—", one.raw ?? "пусто", one.detail])),
    rest,
  ];
}

export function warnings({ warnings: found }) {
  if (!found?.length) return null;
  return h("ul", { class: "plain" }, found.map((one) => h("li", {}, typeof one === "string" ? one : `Строка ${one.row}: ${one.detail}`)));
}

const printed = (value) => {
  if (value === null || value === undefined || value === "") return "пусто";
  if (Array.isArray(value)) return value.map(printed).join(", ");
  if (typeof value === "object") return Object.values(value).filter((one) => one !== null).map(printed).join(", ") || "пусто";
  return typeof value === "boolean" ? (value ? "да" : "нет") : String(value);
};

// Old and new values of the changed cells, by row; `kind` names the columns as the form does.
export function changes(list, kind) {
  const items = list?.items ?? [];
  if (!items.length) return null;
  const titles = new Map(kind.columns.map((column) => [column.name, column.title]));
  const rows = items.flatMap((item) => item.columns.map((column) => [
    String(item.row), titles.get(column) ?? titles.get(`${column}.document`) ?? column,
    item.old ? h("span", { class: "old" }, printed(item.old[column])) : "новая строка",
    printed(item.new?.[column]),
  ]));
  return [
    table("Что на что изменится", [["Строка", "num"], ["Столбец", ""], ["Было", ""], ["Станет", ""]], rows.slice(0, SHOWN)),
    rows.length > SHOWN || list.next ? h("p", { class: "minor" }, `Показаны первые ${Math.min(SHOWN, rows.length)} изменений.`) : null,
  ];
}
