// A mark at a number that a finding questions; its words unfold on demand.

import { h } from "./dom.js";
import { reveal } from "./findings.js";
import { SEVERITIES, counted } from "./words.js";

let findings = new Map();

export const knowFindings = (list) => { findings = new Map(list.map((one) => [one.id, one])); };

export function doubtMark(ids, about) {
  const known = (ids ?? []).map((id) => findings.get(id)).filter(Boolean);
  if (!known.length) return null;
  const name = `${about}: ${counted(known.length, "вопрос", "вопроса", "вопросов")} к числу`;
  return h("details", { class: "doubt" },
    h("summary", { "aria-label": name, title: name }, "?"),
    h("ul", {}, known.map((one) => h("li", {},
      h("a", { href: `#finding-${one.id}`, on: { click: () => reveal(one.id) } }, SEVERITIES[one.severity]?.[0] ?? one.severity), `: ${one.text}`))));
}
