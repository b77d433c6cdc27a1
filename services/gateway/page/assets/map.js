// The map: one tile per territory, coloured by level or score, by year; the same as a table.

import { colourOf, inkOn } from "./colours.js";
import { absent, h, lead, put, scrolling, spoken, svg, table } from "./dom.js";
import { badge, legend } from "./levels.js";
import { caption, savePng, saveSvg } from "./save.js";
import { source } from "./source.js";
import { tilesOf } from "./tiles.js";
import { number, place } from "./words.js";

const SIZE = 54, GAP = 3, PLAIN = "system-ui, sans-serif";

// Years of one programme, the newest shown first; `oktmo` is the territory the page is about.
export async function showMap(ratings, oktmo, bands) {
  const years = ratings.filter((rating) => rating?.rows.length);
  if (!years.length) return put("map", absent("Карта не построена: баллы этого мониторинга не опубликованы."));
  const choices = h("div", { class: "filters", role: "group", "aria-label": "Год на карте" });
  const shown = h("div", {});
  const choose = async (rating) => {
    for (const button of choices.children) button.setAttribute("aria-pressed", String(button.textContent === rating.period));
    shown.replaceChildren(...(await drawn(rating, oktmo, bands)));
  };
  choices.append(...years.map((rating) => h("button", { type: "button", on: { click: () => choose(rating) } }, rating.period)));
  put("map",
    lead("Каждая территория — одна плитка равного размера. Цвет — уровень, а где уровней нет — балл по нейтральной шкале; белая плитка значит, что баллов источник не опубликовал («м. 74» — объявил только место). Стрелки переходят между плитками, Enter открывает территорию."),
    legend(bands), choices, shown);
  await choose(years.at(-1));
}

async function drawn(rating, oktmo, bands) {
  const tiles = await tilesOf(rating);
  const name = `Карта уровней: ${rating.period}`;
  const told = h("p", { class: "minor", "aria-live": "polite" }, "Наведите на плитку или перейдите к ней клавишами.");
  return [
    scrolling(name, grid(tiles, oktmo, bands, told)),
    told,
    h("p", { class: "filters" },
      h("button", { type: "button", on: { click: () => saveSvg(picture(tiles, rating, bands), `map-${rating.period}`) } }, "Скачать SVG"),
      h("button", { type: "button", on: { click: () => savePng(picture(tiles, rating, bands), `map-${rating.period}`) } }, "Скачать PNG")),
    h("details", {}, h("summary", {}, "Та же карта таблицей"), listing(tiles, rating, bands)),
    await source(`/v1/ratings/${rating.programme}/${rating.period}`, { citation: rating.citation, revision: rating.revision, tabular: true }),
  ];
}

function sentence({ title, short, node }, bands) {
  const level = bands.find((band) => band.code === node?.level?.code);
  const where = node?.place ?? node?.declared?.place;
  return [
    title ?? short,
    node?.score === null || node?.score === undefined ? "баллов нет" : `балл ${number(node.score, 3)}`,
    level?.title ? `уровень «${level.title}»` : null,
    where ? `место ${place(where)}${node.place ? "" : " (объявлено)"}` : null,
  ].filter(Boolean).join(", ");
}

// The score; where there is none, the declared place; else a dash.
function mark(node) {
  const declared = node?.place ?? node?.declared?.place;
  return number(node?.score, 0) ?? (declared ? `м. ${place(declared)}` : "—");
}

function grid(tiles, oktmo, bands, told) {
  const items = [...tiles].sort((a, b) => a.row - b.row || a.column - b.column);
  const start = Math.max(0, items.findIndex((tile) => tile.code === oktmo));
  const links = items.map((tile, n) => link(tile, n === start, tile.code === oktmo, bands, told));
  const box = h("div", { class: "tiles-map", role: "group", "aria-label": "Плитки территорий", on: { keydown: (event) => move(event, items, links) } }, links);
  box.style.gridTemplateColumns = `repeat(${1 + Math.max(...tiles.map((tile) => tile.column))}, minmax(2.9rem, 4.2rem))`;
  return box;
}

function link(tile, first, own, bands, told) {
  const name = sentence(tile, bands);
  const tell = () => { told.textContent = `${name}.`; };
  const element = h("a", {
    class: own ? "map-tile own" : "map-tile", href: `?territory=${encodeURIComponent(tile.code)}`, tabindex: first ? 0 : -1,
    "aria-current": own ? "true" : null, on: { focus: tell, mouseenter: tell },
  }, h("b", { "aria-hidden": "true" }, tile.short), h("span", { "aria-hidden": "true" }, mark(tile.node)), spoken(name));
  const colour = colourOf(tile.node, bands);
  element.style.gridColumn = tile.column + 1;
  element.style.gridRow = tile.row + 1;
  element.style.backgroundColor = colour;
  element.style.color = inkOn(colour);
  return element;
}

const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

// The nearest tile in the direction of the arrow takes the focus.
function move(event, items, links) {
  const step = STEPS[event.key];
  const at = links.indexOf(document.activeElement);
  if (!step || at < 0) return;
  event.preventDefault();
  const [dx, dy] = step;
  const ahead = items.map((tile, n) => ({ n, along: (tile.column - items[at].column) * dx + (tile.row - items[at].row) * dy, aside: Math.abs((tile.column - items[at].column) * dy) + Math.abs((tile.row - items[at].row) * dx) }))
    .filter(({ along }) => along > 0)
    .sort((a, b) => (a.along + 2 * a.aside) - (b.along + 2 * b.aside));
  if (!ahead.length) return;
  links[at].tabIndex = -1;
  links[ahead[0].n].tabIndex = 0;
  links[ahead[0].n].focus();
}

const listing = (tiles, rating, bands) =>
  table(`Карта ${rating.period} таблицей`, [["Территория", ""], ["Уровень", ""], ["Балл", "num"], ["Место", "num"]],
    [...tiles].filter((tile) => tile.node).sort((a, b) => (b.node.score ?? -1) - (a.node.score ?? -1)).map(({ title, node }) =>
      [title, badge(node.level, bands), number(node.score, 3), place(node.place ?? node.declared?.place)]));

// The picture to take away: everything it needs is in it, the source too.
function picture(tiles, rating, bands) {
  const width = (1 + Math.max(...tiles.map((tile) => tile.column))) * (SIZE + GAP);
  const height = (1 + Math.max(...tiles.map((tile) => tile.row))) * (SIZE + GAP);
  const lines = [rating.citation, `${location.origin}/v1/ratings/${rating.programme}/${rating.period}?revision=${rating.revision}`];
  return svg("svg", { xmlns: "http://www.w3.org/2000/svg", width, height: height + 60, viewBox: `0 0 ${width} ${height + 60}`, "font-family": PLAIN },
    svg("rect", { width, height: height + 60, fill: "#ffffff" }),
    tiles.map((tile) => {
      const fill = colourOf(tile.node, bands);
      const [x, y] = [tile.column * (SIZE + GAP), tile.row * (SIZE + GAP)];
      return svg("g", { fill: inkOn(fill), "text-anchor": "middle" },
        svg("rect", { x, y, width: SIZE, height: SIZE, rx: 4, fill, stroke: "#8a94a3" }),
        svg("text", { x: x + SIZE / 2, y: y + 23, "font-size": 12, "font-weight": 600 }, tile.short),
        svg("text", { x: x + SIZE / 2, y: y + 41, "font-size": 12 }, mark(tile.node)));
    }),
    caption(lines, width, height + 24));
}
