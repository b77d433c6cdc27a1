// Which printed documents the figures of a section were checked against.

import { readAll } from "./api.js";
import { h } from "./dom.js";

const SERVICES = ["ratings", "olympiads", "training"];
let known = [];

// Read the documents that speak of a territory or are its own, once for the page.
export async function knowDocuments(oktmo) {
  const lists = await Promise.all(SERVICES.map(async (service) =>
    (await readAll(`/v1/${service}/claims/documents`)).map((item) => ({ ...item, service }))));
  known = lists.flat().filter((item) => item.title && (item.territory === oktmo || item.territories.includes(oktmo)));
}

// The documents of the service that an address belongs to; those of all services for a passport.
export function documentsOf(path) {
  const service = SERVICES.find((name) => path.startsWith(`/v1/${name}/`));
  const found = known.filter((item) => !service || item.service === service);
  return [...new Map(found.map((item) => [item.title, item])).values()];
}

export function checkedAgainst(path) {
  const found = documentsOf(path);
  if (!found.length) return null;
  const links = found.map((item, n) =>
    [n ? "; " : null, h("a", { href: `/v1/${item.service}/claims/documents/${encodeURIComponent(item.document)}` }, item.title)]);
  return h("p", { class: "documents" }, found.length === 1 ? "Сверено с документом: " : "Сверено с документами: ", links, ".");
}
