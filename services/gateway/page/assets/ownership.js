// Whose numbers a section shows: the territory's own, its region's and named so, or none at all.

import { read } from "./api.js";
import { h } from "./dom.js";
import { home } from "./region.js";

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

// How figures of a whole region are marked; the home region may say it in its own word.
export function wholeOf(oktmo) {
  const text = oktmo === home().territory ? home().whole : "по региону в целом";
  return text.charAt(0).toUpperCase() + text.slice(1);
}

// Hide a section that the territory has no right to, with its link; name the owner of a shared one.
export function own(id, owner, shown) {
  const section = document.getElementById(id);
  section.hidden = !shown;
  document.querySelector(`nav a[href="#${id}"]`).hidden = !shown;
  section.querySelector(".owner")?.remove();
  if (shown && owner.region) {
    section.querySelector("h2").after(h("p", { class: "owner" }, `${wholeOf(owner.passport.territory.oktmo)}: ${owner.passport.territory.title}.`));
  }
}
