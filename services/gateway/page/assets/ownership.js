// Whose numbers a section shows: the territory's own, its region's and named so, or none at all.

import { read } from "./api.js";
import { h } from "./dom.js";

// The passport whose region-wide parts may be shown for a territory: its own, or its region's.
export async function ownerOf(passport, territories) {
  const { oktmo } = passport.territory;
  const row = territories.find((one) => one.oktmo === oktmo);
  if (row?.kind !== "municipality" || !row.parent) return { passport, region: false };
  const parent = await read(`/v1/territories/${encodeURIComponent(row.parent)}/passport`);
  return parent ? { passport: parent, region: true } : { passport, region: false };
}

// The newest published season or year of a part; null where the owner has none.
export const newest = (owner, part) => Object.keys(owner.passport.parts[part].data ?? {}).sort().at(-1) ?? null;

// Hide a section that the territory has no right to, with its link; name the owner of a shared one.
export function own(id, owner, shown) {
  const section = document.getElementById(id);
  section.hidden = !shown;
  document.querySelector(`nav a[href="#${id}"]`).hidden = !shown;
  section.querySelector(".owner")?.remove();
  if (shown && owner.region) {
    section.querySelector("h2").after(h("p", { class: "owner" }, `По региону в целом: ${owner.passport.territory.title}.`));
  }
}
