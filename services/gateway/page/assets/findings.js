// Findings of a territory: strongest first, filtered by severity, page by page.

import { read } from "./api.js";
import { absent, h, lead, put } from "./dom.js";
import { grouped } from "./lists.js";
import { source } from "./source.js";
import { PROGRAMMES, SERVICES, SEVERITIES, TIERS, dashed } from "./words.js";

const PAGE = 20, PROOFS = 12;

export async function showFindings(oktmo, counts, titles) {
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  if (!total) return put("findings", absent("По этой территории находок нет."));
  const list = h("ol", { class: "findings" });
  const meaning = h("p", { class: "lead", role: "status" });
  const closed = h("input", { type: "checkbox", on: { change: () => load(true) } });
  const more = h("button", { class: "more", type: "button", hidden: true, on: { click: () => load(false) } }, "Показать ещё");
  let chosen = null, cursor = null, asked = 0;

  // Closed findings are left out unless wanted, so a page of the list may take several of the API's.
  const load = async (fresh) => {
    const turn = ++asked, cards = [];
    let next = fresh ? null : cursor;
    more.disabled = true;
    do {
      const page = await read(`/v1/findings?${query(oktmo, chosen, next)}`);
      if (turn !== asked) return;
      cards.push(...(page?.items ?? []).filter((one) => closed.checked || isNews(one)).map((one) => card(one, titles)));
      next = page?.next ?? null;
    } while (next && cards.length < PAGE);
    cursor = next;
    if (fresh) list.replaceChildren();
    list.append(...cards);
    if (!list.children.length) list.append(h("li", {}, absent("Открытых находок этого вида нет.")));
    more.hidden = !cursor;
    more.disabled = false;
  };
  const choose = async (severity) => {
    chosen = severity;
    for (const [button, code] of buttons) button.setAttribute("aria-pressed", String(code === severity));
    meaning.textContent = severity ? SEVERITIES[severity][1] : "Сначала самые сильные. Вид находки — по доказательству, а не по вкусу: выберите вид, чтобы прочесть, что он значит.";
    await load(true);
  };
  const buttons = [[null, "Все", total], ...Object.entries(SEVERITIES).map(([code, [title]]) => [code, title, counts[code]])]
    .filter(([, , count]) => count)
    .map(([code, title, count]) => [h("button", { type: "button", on: { click: () => choose(code) } }, title, h("span", { class: "count" }, String(count))), code]);

  put("findings",
    lead("Где числа источника не сходятся между собой, неправдоподобны или неполны — с цитатами и местом в документе."),
    h("div", { class: "filters", role: "group", "aria-label": "Вид находки" }, buttons.map(([button]) => button),
      h("label", {}, closed, " и закрытые")),
    meaning, list, more,
    await source(`/v1/findings?${query(oktmo, null, null)}`, { citation: "Находки всех служб по этой территории" }));
  await choose(null);
}

function query(oktmo, severity, cursor) {
  const asked = new URLSearchParams({ territory: oktmo, limit: PAGE });
  if (severity) asked.set("severity", severity);
  if (cursor) asked.set("cursor", cursor);
  return asked;
}

// A check that holds is closed by its nature; it is shown all the same.
const isNews = (finding) => finding.status !== "resolved" || finding.severity === "consistent";

const STATES = { acknowledged: "принята", resolved: "закрыта" };

function card(finding, titles) {
  const state = finding.severity === "consistent" ? null : STATES[finding.status];
  return h("li", { class: `finding severity-${finding.severity}` },
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
