// An analyst's questions about a place: why, what to improve, what fell, how sure it is.

import { ask } from "./api.js";
import { absent, h, lead, put, table } from "./dom.js";
import { doubt } from "./levels.js";
import { source } from "./source.js";
import { counted, number, place, signed } from "./words.js";
import { whatIf } from "./whatif.js";

const RIVALS = { next: "Следующее место", leader: "Лидер", group_median: "Медиана округа" };
const MOST_ASKED = 8, PAUSE = 1500;

export async function showAnalyst(rating, oktmo, bands) {
  const row = rating?.rows.find((one) => one.territory === oktmo);
  if (!row?.nodes.total || row.nodes.total.score === null) {
    return put("analyst", absent("Вопросы о месте не показаны: баллов этой территории источник не опубликовал."));
  }
  const path = `/v1/ratings/${rating.programme}/${rating.period}/${encodeURIComponent(oktmo)}`;
  const [why, growth, weak] = await Promise.all([ask(path), ask(`${path}/growth-points`), ask(`${path}/weak-spots`)]);
  const sure = h("div", {}, h("p", { class: "minor" }, "Считается…"));
  put("analyst",
    lead(`Ответы по рейтингу за ${rating.period} год. Все числа — из открытого API, формулы — из опубликованной методики.`),
    h("h3", {}, "Почему такое место"), because(why.data, row),
    h("h3", {}, "Что улучшить"), improve(growth.data, titlesOf(rating), bands),
    h("h3", {}, "Какие направления упали"), fallen(weak.data, titlesOf(rating)),
    h("h3", {}, "Насколько место надёжно"), sure,
    h("h3", {}, "Что если"), whatIf(rating, oktmo, why.data),
    await source(path, { citation: rating.citation }));
  steadiness(`${path}/stability`, sure, row.nodes.total, bands);
}

const titlesOf = (rating) => new Map(rating.nodes.map((node) => [node.code, node.title]));

// Without scores of the others nobody can say why; that sentence is the answer.
function because(why, row) {
  if (!why) return absent("Разложение балла сейчас недоступно.");
  const rivals = (why.gaps ?? []).filter((gap) => RIVALS[gap.rival]);
  const columns = [["Показатель", ""], ["Значение", "num"], ["Вклад в балл", "num"],
    ...rivals.map((gap) => [`${RIVALS[gap.rival]}: ${signed(-gap.gap, 3)}`, "num"])];
  const rows = why.contributions.map((one) => [
    one.title, number(one.normalised, 2), number(one.contribution, 3),
    ...rivals.map((gap) => signed(-(gap.indicators.find((item) => item.indicator === one.indicator)?.gap ?? 0), 3)),
  ]);
  return [
    rivals.length
      ? h("p", {}, `Балл ${number(why.score, 3)}, место ${place(why.place) ?? "не вычислено"}. В столбцах соперников — наш вклад минус их вклад: минус показывает, где отстаём.`)
      : h("p", {}, missing(why, row)),
    table("Из чего складывается балл", columns, rows),
  ];
}

function missing(why, row) {
  const declared = row.nodes.total.declared?.place;
  const known = declared ? `Место ${place(declared)} объявил источник. ` : "";
  return `${known}Почему именно это место, ответить нельзя: баллов других территорий источник не опубликовал. Не хватает их значений за тот же год; известно, из чего складывается собственный балл ${number(why.score, 3)}.`;
}

function improve(growth, titles, bands) {
  const items = (growth?.items ?? []).filter((item) => !item.exhausted && (item.place || item.level));
  if (!items.length) {
    return absent("Ни одно отдельное улучшение не меняет места или уровня, либо места других неизвестны.");
  }
  const level = (code) => bands.find((band) => band.code === code)?.title ?? "следующий уровень";
  return table("Наименьшее изменение одного показателя, которое меняет место или уровень",
    [["Показатель", ""], ["Сейчас", "num"], ["Ради места", "num"], ["Станет место", "num"], ["Ради уровня", "num"], ["Уровень", ""]],
    [...items].sort((a, b) => Number(a.place?.change ?? a.level?.change) - Number(b.place?.change ?? b.level?.change)).map((item) => [
      titles.get(item.indicator) ?? item.indicator, number(item.value, 2),
      item.place ? signed(item.place.change) : null, place(item.place?.place),
      item.level ? signed(item.level.change) : null, item.level ? level(item.level.level) : null,
    ]));
}

const REASONS = { fallen: "ниже, чем годом раньше", bottom_quarter: "в нижней четверти участников", lowest_band: "на нижнем уровне шкалы", below_target: "ниже цели" };

function fallen(weak, titles) {
  const items = weak?.items ?? [];
  if (!items.length) return h("p", {}, "Ни одно направление не упало и не стоит в нижней четверти известных.");
  return h("ul", { class: "plain" }, items.map((item) =>
    h("li", {}, `${titles.get(item.indicator) ?? item.indicator}: ${REASONS[item.reason] ?? "отмечено службой как слабое место"}.`)));
}

// The answer may take the service some seconds; it is asked for again while it is made.
async function steadiness(path, box, total, bands) {
  const note = h("p", {}, doubt(total.level, bands) ? `Уровень: ${doubt(total.level, bands)}.` : "Уровень от точности напечатанных чисел не зависит.");
  for (let turn = 0; turn < MOST_ASKED && box.isConnected; turn += 1) {
    const { status, data } = await ask(path, { fresh: true });
    if (status === 200 && data?.place !== undefined) return box.replaceChildren(range(data), note);
    if (status !== 202 && status !== 200) break;
    await new Promise((done) => { setTimeout(done, PAUSE); });
  }
  box.replaceChildren(absent("Устойчивость места не вычислена: для неё нужны баллы других территорий."), note);
}

const range = (data) =>
  h("p", {}, data.low === null || data.low === undefined
    ? "Границы места не вычислены."
    : `Место ${number(data.place)}; в 9 из 10 пересчётов с другими допустимыми правилами — от ${number(data.low)} до ${number(data.high)}${data.draws ? ` (${counted(data.draws, "пересчёт", "пересчёта", "пересчётов")})` : ""}.`);
