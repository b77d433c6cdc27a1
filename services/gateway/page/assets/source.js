// Under every block: where its figures come from, their revision, how fresh they are, how to take them away.

import { ask } from "./api.js";
import { checkedAgainst } from "./documents.js";
import { h } from "./dom.js";
import { home } from "./region.js";
import { ago, moment } from "./words.js";

// An age below this is the usual rhythm of the gateway's questions to the services.
const QUIET = 120;

export async function source(path, { citation, revision, time, note, tabular = false } = {}) {
  const { age } = await ask(path);
  const known = !revision ? null : `редакция ${revision}`;
  const told = citation ?? ["Источник", known, time && `опубликовано ${moment(time)}`].filter(Boolean).join(", ");
  return h("footer", { class: "cite" },
    note ? h("p", {}, note) : null,
    checkedAgainst(path),
    h("p", {}, `${told}.`, h("span", { class: "address" }, ` ${location.origin}${path}`)),
    takeAway(path, told, revision, tabular),
    age > QUIET ? h("p", { class: "aged" }, `Служба не подтверждала эти данные ${ago(age)}.`) : null);
}

// A table may be saved in the formats of offices; a permanent address names the revision.
function takeAway(path, told, revision, tabular) {
  const files = tabular
    ? [["CSV", `${path}?excel=1&format=csv`], ["XLSX", `${path}?format=xlsx`], ["JSON", path]]
    : [["JSON", path]];
  const permanent = tabular && revision ? `${path}?revision=${revision}` : null;
  return h("details", { class: "take" }, h("summary", {}, "Скачать, ссылка, цитата"),
    h("p", {}, "Скачать: ", files.map(([name, href], n) => [n ? ", " : null, h("a", { href, download: name === "JSON" ? null : "" }, name)]), "."),
    permanent ? h("p", {}, "Постоянная ссылка: ", h("a", { href: permanent }, `${location.origin}${permanent}`)) : null,
    h("p", {}, `Цитата: ${[home().publisher, told].filter(Boolean).join(". ")}. ${location.origin}${permanent ?? path}`));
}
