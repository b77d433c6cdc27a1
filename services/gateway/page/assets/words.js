// Russian words for codes, and numbers as Russians print them.

export const SEVERITIES = {
  contradiction: ["Противоречие", "Никакие истинные значения в пределах напечатанной точности правилу не удовлетворяют, как ни округляй."],
  implausible: ["Маловероятно", "Так могло быть, но вероятность или отличие от остальных крайние; они названы."],
  hazard: ["Зависит от метода", "Ответ меняется от порядка округления или вида среднего; даны оба ответа."],
  incomplete: ["Неполно", "Ячейка, подпись или параметр отсутствуют или неоднозначны; указано принятое допущение."],
  consistent: ["Сходится", "Проверено, и правило выполнено."],
};
export const GROUPS = { conditions: "Условия", results: "Результаты", processes: "Процессы" };
export const PROGRAMMES = { rum: "РУМ", motivating: "Мотивирующий мониторинг", ege: "ЕГЭ" };
export const KINDS = { kpk: "Курсы повышения квалификации", congress: "Съезд", camp: "Сборы", milestone: "Веха" };
export const TIERS = {
  profile: "Профильное и углублённое изучение",
  subject: "Предметники",
  olympiad: "Подготовка к олимпиадам",
};
export const MONTHS = ["янв", "фев", "мар", "апр", "май", "июн", "июл", "авг", "сен", "окт", "ноя", "дек"];
export const SERVICES = { ratings: "рейтинги", olympiads: "олимпиады", training: "повышение квалификации" };
export const PARTS = { ratings: "Рейтинги", ege: "ЕГЭ", olympiads: "Олимпиады", training: "Повышение квалификации" };

let zone;
export const setZone = (name) => { zone = name; };

export const number = (value, digits = 2) =>
  value === null || value === undefined
    ? null
    : Number(value).toLocaleString("ru-RU", { maximumFractionDigits: digits });

export const moment = (text) =>
  text ? new Date(text).toLocaleString("ru-RU", { dateStyle: "long", timeStyle: "short", timeZone: zone }) : "—";

export const day = (text) =>
  text ? new Date(text).toLocaleDateString("ru-RU", { dateStyle: "long", timeZone: zone }) : "—";

export const place = (value) => (value ? value.label.replace("-", "–") : null);

export const figure = (value) => (value ? number(value.value) ?? value.raw : null);

export const dashed = (text) => String(text).replace("-", "–");

export function signed(value, digits = 2) {
  const parsed = Number(value);
  if (value === null || value === undefined || Number.isNaN(parsed)) return null;
  return (parsed > 0 ? "+" : parsed < 0 ? "−" : "±") + number(Math.abs(parsed), digits);
}

// 1 балл, 2 балла, 5 баллов; a fraction takes the form of 2.
export function counted(value, one, few, many) {
  const size = Math.abs(Number(value));
  const [tens, units] = [size % 100, size % 10];
  const form = !Number.isInteger(size) ? few
    : tens >= 11 && tens <= 14 ? many
      : units === 1 ? one : units >= 2 && units <= 4 ? few : many;
  return `${number(value, 3)} ${form}`;
}

// How a place moved: [from, to] is an interval, positive is better.
export function moved(change) {
  const { from, to, label } = change;
  const [least, most] = [Math.min(Math.abs(from), Math.abs(to)), Math.max(Math.abs(from), Math.abs(to))];
  const by = least === most ? counted(most, "место", "места", "мест") : `${least}–${counted(most, "место", "места", "мест")}`;
  if (label === "improved") return `лучше на ${by}`;
  if (label === "worsened") return `хуже на ${by}`;
  if (label === "unchanged") return "без перемен";
  return `в пределах диапазонов, от ${signed(from)} до ${signed(to)}`;
}

// How long ago, in the largest unit that says something.
export function ago(seconds) {
  if (seconds < 3600) return counted(Math.max(1, Math.round(seconds / 60)), "минуту", "минуты", "минут");
  if (seconds < 172800) return counted(Math.round(seconds / 3600), "час", "часа", "часов");
  return counted(Math.round(seconds / 86400), "день", "дня", "дней");
}
