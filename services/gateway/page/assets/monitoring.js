// Which monitoring a territory is shown by: its own, with every year published.

import { read } from "./api.js";

const MAIN = "rum";

// The programme of the territory's own scores; the main one where it has a place in several.
export function programmeOf(passport) {
  const own = Object.entries(passport.parts.ratings.data ?? {})
    .filter(([, years]) => Object.values(years).some((nodes) => nodes.total))
    .map(([code]) => code);
  return own.includes(MAIN) ? MAIN : own[0] ?? MAIN;
}

export const yearsOf = async (programme, found) => Promise.all(
  [...(found.ratings[programme] ?? [])].sort().map((period) => read(`/v1/ratings/${programme}/${period}`)));
