// Where each tile stands: regions in the order of the country, others in rows of their group.

import { read } from "./api.js";
import { grouped } from "./lists.js";

const WIDE = 8;

// Rows of a rating as tiles: {code, title, short, column, row, node}; regions without a row are empty tiles.
export async function tilesOf(rating) {
  const known = await read("/page/tiles.json");
  const rows = new Map(rating.rows.map((row) => [row.territory, row]));
  if (known && rating.rows.some((row) => known[row.territory])) return country(known, rows);
  return byGroup(rating.rows);
}

const country = (known, rows) =>
  Object.entries(known).map(([code, [column, row, short]]) => ({
    code, short, column, row, title: rows.get(code)?.title ?? null, node: rows.get(code)?.nodes.total ?? null,
  }));

function byGroup(rows) {
  let top = 0;
  return [...grouped(rows, (row) => row.group)].flatMap(([, own]) => {
    const sorted = [...own].sort((a, b) => a.title.localeCompare(b.title, "ru", { numeric: true }));
    const first = top;
    top += Math.ceil(sorted.length / WIDE);
    return sorted.map((row, n) => ({
      code: row.territory, title: row.title, short: shortened(row.title),
      column: n % WIDE, row: first + Math.floor(n / WIDE), node: row.nodes.total ?? null,
    }));
  });
}

// «Условная область № 7» is told by its number, others by the beginning of their name.
function shortened(title) {
  const numbered = /№ ?\d+$/.exec(title);
  if (numbered) return numbered[0];
  const word = title.split(" ")[0];
  return word.length > 6 ? `${word.slice(0, 5)}.` : word;
}
