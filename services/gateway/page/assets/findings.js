// Findings of the documents on the page: strongest first, by severity, table and words.

import { absent, h, lead, put } from "./dom.js";
import { grouped } from "./lists.js";
import { source } from "./source.js";
import { PROGRAMMES, SERVICES, SEVERITIES, TIERS, dashed } from "./words.js";

const PAGE = 20, PROOFS = 12;
const RANK = Object.keys(SEVERITIES);

export async function showFindings(findings, titles) {
  if (!findings.length) return put("findings", absent("О территории нет документов с числами, которые можно проверить."));
  const ordered = [...findings].sort((a, b) => RANK.indexOf(a.severity) - RANK.indexOf(b.severity));
  const list = h("ol", { class: "findings" });
  const meaning = h("p", { class: "lead", role: "status" });
  const closed = h("input", { type: "checkbox", on: { change: () => show(true) } });
  const words = h("input", { type: "search", on: { input: () => show(true) } });
  const more = h("button", { class: "more", type: "button", hidden: true, on: { click: () => show(false) } }, "Показать ещё");
  const unprinted = h("p", { class: "unprinted" });
  let severity = null, count = 0;

  const matches = (one) =>
    (severity === null || one.severity === severity) && (closed.checked || isNews(one))
    && `${one.text} ${about(one, titles)} ${tablesOf(one)}`.toLowerCase().includes(words.value.trim().toLowerCase());
  const show = (fresh, upTo = 0) => {
    const chosen = ordered.filter(matches);
    count = Math.max(upTo, (fresh ? 0 : count) + PAGE);
    list.replaceChildren(...chosen.slice(0, count).map((one) => card(one, titles)));
    if (!chosen.length) list.append(h("li", {}, absent("Таких находок нет.")));
    more.hidden = chosen.length <= count;
    unprinted.textContent = more.hidden ? "" : `Напечатано ${count} находок из ${chosen.length}; остальные — на странице и по адресу данных.`;
  };
  const choose = (chosen) => {
    severity = chosen;
    for (const [button, code] of buttons) button.setAttribute("aria-pressed", String(code === severity));
    meaning.textContent = severity ? SEVERITIES[severity][1] : "Сначала самые сильные. Вид находки — по доказательству: выберите вид, чтобы прочесть, что он значит.";
    show(true);
  };
  const counts = [[null, "Все", findings.length], ...Object.entries(SEVERITIES).map(([code, [title]]) =>
    [code, title, findings.filter((one) => one.severity === code).length])];
  const buttons = counts.filter(([, , number]) => number)
    .map(([code, title, number]) => [h("button", { type: "button", on: { click: () => choose(code) } }, title, h("span", { class: "count" }, String(number))), code]);
  // A mark at a number leads to its finding, wherever it stands in the list.
  list.addEventListener("reveal", ({ detail }) => {
    choose(null);
    closed.checked = true;
    show(true, ordered.filter(matches).findIndex((one) => one.id === detail) + 1);
    document.getElementById(`finding-${detail}`)?.scrollIntoView();
  });

  put("findings",
    lead("Где числа источника не сходятся между собой, неправдоподобны или неполны — с цитатами и местом в документе."),
    h("div", { class: "filters", role: "group", "aria-label": "Вид находки" }, buttons.map(([button]) => button),
      h("label", {}, closed, " и закрытые"), h("label", {}, "Слова и таблицы ", words)),
    meaning, list, more, unprinted,
    await source("/v1/findings", { citation: "Находки всех служб", tabular: true }));
  choose(null);
}

const tablesOf = (finding) => (finding.evidence ?? []).map((one) => one.locator?.table ?? "").join(" ");

export function reveal(id) {
  document.querySelector(".findings")?.dispatchEvent(new CustomEvent("reveal", { detail: id }));
}

// A check that holds is closed by its nature; it is shown all the same.
const isNews = (finding) => finding.status !== "resolved" || finding.severity === "consistent";

const STATES = { acknowledged: "принята", resolved: "закрыта" };

function card(finding, titles) {
  const state = finding.severity === "consistent" ? null : STATES[finding.status];
  return h("li", { class: `finding severity-${finding.severity}`, id: `finding-${finding.id}` },
    h("h3", {}, SEVERITIES[finding.severity]?.[0] ?? finding.severity,
      h("span", { class: "minor" }, [about(finding, titles), state].filter(Boolean).map((part) => ` · ${part}`))),
    h("p", {}, finding.text ?? finding.rule),
    repairs(finding),
    finding.comment ? h("p", { class: "minor" }, `Пояснение: ${finding.comment}`) : null,
    proofs(finding.evidence ?? []));
}

// What the finding is about, in words people know; codes without a title are left to the API.
function about({ service, subject = {} }, titles) {
  const codes = [subject.subject, subject.indicator, subject.session, ...(subject.codes ?? [])];
  const named = codes.map((code) => titles.get(code) ?? TIERS[code]).filter(Boolean);
  const when = subject.season ? `сезон ${dashed(subject.season)}` : subject.period ?? subject.year;
  const grade = subject.grade && `${subject.grade} класс`;
  return [PROGRAMMES[subject.programme] ?? SERVICES[service] ?? service, ...named, grade, when].filter(Boolean).join(", ");
}

// One or two repairs are alternatives; more of them hold only together, and the text tells them.
function repairs({ repairs: found }) {
  const values = (found ?? []).map(({ set }) => (set && typeof set === "object" ? `от ${set.from} до ${set.to}` : set)).filter(Boolean);
  if (!values.length || values.length > 2) return null;
  return h("p", { class: "minor" }, `Сошлось бы, будь напечатано: ${[...new Set(values)].join(", или ")}.`);
}

function proofs(evidence) {
  const tables = grouped(evidence.filter((one) => one.raw), (one) => one.locator?.table ?? one.document);
  return [...tables].map(([name, found]) => {
    const lines = [...grouped(found.slice(0, PROOFS), (one) => one.locator?.line)].map(([number, own]) =>
      `${number ? `строка ${number} — ` : ""}${own.map((one) => `«${one.raw}»`).join(", ")}`);
    const rest = found.length - PROOFS;
    return h("p", { class: "minor" }, `Напечатано (${name}): ${lines.join("; ")}${rest > 0 ? `; и ещё ${rest}` : ""}.`);
  });
}
