// Under every block: where its figures come from, their revision and how fresh they are.

import { ask } from "./api.js";
import { h } from "./dom.js";
import { ago, moment } from "./words.js";

// An age below this is the usual rhythm of the gateway's questions to the services.
const QUIET = 120;

export async function source(path, { citation, revision, time, note } = {}) {
  const { age } = await ask(path);
  const known = revision === null || revision === undefined ? null : `редакция ${revision}`;
  const told = citation ?? ["Источник", known, time && `опубликовано ${moment(time)}`].filter(Boolean).join(", ");
  return h("footer", { class: "cite" },
    note ? h("p", {}, note) : null,
    h("p", {}, told, ". ", h("a", { href: path }, "Данные в JSON"), h("span", { class: "address" }, ` ${location.origin}${path}`)),
    age > QUIET ? h("p", { class: "aged" }, `Служба не подтверждала эти данные ${ago(age)}.`) : null);
}
