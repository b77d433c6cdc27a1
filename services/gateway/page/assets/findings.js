// Findings of a territory: strongest first, filtered by severity, page by page.

import { read } from "./api.js";
import { absent, h, put } from "./dom.js";
import { SERVICES, SEVERITIES } from "./words.js";

const PAGE = 20;

export async function showFindings(oktmo, counts) {
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  if (!total) return put("findings", absent("По этой территории находок нет."));
  const list = h("ol", { class: "findings" });
  const more = h("button", { class: "more", type: "button", hidden: true }, "Показать ещё");
  let chosen = null, cursor = null;

  const load = async (fresh) => {
    const query = new URLSearchParams({ territory: oktmo, limit: PAGE });
    if (chosen) query.set("severity", chosen);
    if (!fresh && cursor) query.set("cursor", cursor);
    const page = await read(`/v1/findings?${query}`);
    if (fresh) list.replaceChildren();
    list.append(...(page?.items ?? []).map(card));
    cursor = page?.next ?? null;
    more.hidden = !cursor;
  };
  const choose = async (severity, pressed) => {
    chosen = severity;
    for (const button of buttons) button.setAttribute("aria-pressed", String(button === pressed));
    await load(true);
  };
  const buttons = [[null, "Все", total], ...Object.entries(SEVERITIES).map(([code, title]) => [code, title, counts[code]])]
    .filter(([, , count]) => count)
    .map(([code, title, count]) => h("button", { type: "button", "aria-pressed": String(code === null), on: { click: (event) => choose(code, event.currentTarget) } }, `${title} · ${count}`));
  more.addEventListener("click", () => load(false));
  put("findings", h("div", { class: "filters", role: "group", "aria-label": "Тяжесть" }, buttons), list, more);
  await load(true);
}

function card(finding) {
  const where = (finding.evidence ?? []).slice(0, 4).map(proof).filter(Boolean);
  return h("li", { class: `finding severity-${finding.severity}` },
    h("p", { class: "kind" }, SEVERITIES[finding.severity] ?? finding.severity, h("span", { class: "minor" }, ` · ${SERVICES[finding.service] ?? finding.service}`)),
    h("p", {}, finding.text ?? finding.rule),
    where.length ? h("p", { class: "minor" }, `Напечатано: ${where.join("; ")}`) : null);
}

function proof({ raw, locator }) {
  const line = locator?.line ? ` (строка ${locator.line})` : "";
  return raw ? `«${raw}»${line}` : null;
}
