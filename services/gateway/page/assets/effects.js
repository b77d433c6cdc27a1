// What the measures changed: the strongest words the data allow, never more.

import { ask, readAll } from "./api.js";
import { absent, h, lead, put, table } from "./dom.js";
import { source } from "./source.js";
import { number, signed } from "./words.js";

const VERDICTS = {
  insufficient: "данных мало", description: "только описание", difference: "различие, причина не доказана",
  consistent: "согласуется с действием меры", measured: "эффект измерен",
};
const DESIGNS = {
  universal: "сравнить не с кем: мера была у всех", lottery: "жребий", cut: "порог отбора",
  selected_on_outcome: "отбор по самому показателю", few_treated: "мера у немногих",
  staggered: "мера начиналась в разные годы", difference: "сравнение изменений",
};
const SHOWN = 200;

// Effects of the measures a page is about: the example's own, or all real ones.
export async function showEffects(owned, synthetic) {
  if (!owned) return put("effects", absent("Оценки мер этой территории не опубликованы."));
  const list = (await readAll("/v1/ratings/effects")).filter((one) => one.measure.startsWith("example") === synthetic);
  if (!list.length) {
    return put("effects", absent("Ни одной меры ещё не оценено: для оценки нужны охват мерой и показатель до и после неё."));
  }
  put("effects",
    lead("Слова вывода — самые сильные из тех, что позволяют данные. «Различие» не значит «мера помогла»: хорошие показатели могли вернуться к своему среднему сами."),
    table("Меры и выводы о них", [["Мера", ""], ["Показатель", ""], ["Как сравнивали", ""], ["Оценка", "num"], ["Вывод", ""]], list.map(row)),
    await source("/v1/ratings/effects", { citation: "Оценки эффекта мер" }));
}

const row = (one) => [
  [one.title, one.pre_registered ? h("span", { class: "minor below" }, "план заморожен до начала меры") : null, unfolding(one)],
  one.outcome.title, DESIGNS[one.design] ?? one.design, signed(one.estimate, 2), VERDICTS[one.verdict] ?? one.verdict,
];

// The sentence and the units are asked for when they are unfolded.
function unfolding(one) {
  const body = h("div", {}, "Загружается…");
  const box = h("details", { on: { toggle: () => fill(box, body, one.measure) } }, h("summary", {}, "Почему так"), body);
  return box;
}

async function fill(box, body, measure) {
  if (!box.open || body.dataset.filled) return;
  const path = `/v1/ratings/effects/${encodeURIComponent(measure)}`;
  const { data } = await ask(path);
  if (!data) { body.textContent = "Оценка сейчас недоступна."; return; }
  body.dataset.filled = "yes";
  body.replaceChildren(h("p", {}, data.sentence), await source(path, { citation: data.citation, revision: data.revision }), units(data));
}

const units = ({ rows }) =>
  table("Единицы оценки", [["Территория", ""], ["Мера с", ""], ["До", "num"], ["После", "num"], ["Изменение", "num"]],
    rows.slice(0, SHOWN).map((unit) => [unit.title ?? unit.unit, unit.first_exposed ?? "без меры", number(unit.before, 2), number(unit.after, 2), signed(unit.change, 2)]));
