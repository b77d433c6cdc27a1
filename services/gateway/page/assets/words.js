// Russian words for codes, and numbers as Russians print them.

export const SEVERITIES = {
  contradiction: "Противоречие",
  implausible: "Маловероятно",
  hazard: "Зависит от метода",
  incomplete: "Неполно",
  consistent: "Сходится",
};
export const GROUPS = { conditions: "Условия", results: "Результаты", processes: "Процессы", total: "РУМ, итог" };
export const KINDS = { kpk: "Курсы (КПК)", congress: "Съезд", camp: "Сборы", milestone: "Веха" };
export const TIERS = { profile: "Профильные", subject: "Предметники", olympiad: "Олимпиадные" };
export const MONTHS = ["янв", "фев", "мар", "апр", "май", "июн", "июл", "авг", "сен", "окт", "ноя", "дек"];
export const SERVICES = { ratings: "рейтинги", olympiads: "олимпиады", training: "повышение квалификации" };

export const number = (value, digits = 2) =>
  value === null || value === undefined
    ? null
    : Number(value).toLocaleString("ru-RU", { maximumFractionDigits: digits });

export const moment = (text) =>
  text ? new Date(text).toLocaleString("ru-RU", { dateStyle: "long", timeStyle: "short" }) : "—";

export const place = (value) => (value ? value.label.replace("-", "–") : null);

export const figure = (value) => (value ? number(value.value) ?? value.raw : null);

export function signed(value) {
  const parsed = Number(value);
  if (value === null || value === undefined || Number.isNaN(parsed)) return null;
  return (parsed > 0 ? "+" : parsed < 0 ? "−" : "±") + number(Math.abs(parsed));
}
