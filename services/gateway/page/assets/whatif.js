// What if: sliders on the indicators, counted again by the service; nothing is stored.

import { ask, readAll } from "./api.js";
import { bearer, signedIn, signIn } from "./auth.js";
import { absent, h } from "./dom.js";
import { number, place } from "./words.js";

export function whatIf(rating, oktmo, why) {
  const leaves = why?.contributions ?? [];
  if (!leaves.length || !rating.methodology) return absent("Пересчёт возможен там, где рейтинг считается по методике из показателей.");
  const box = h("div", {});
  const open = () => box.replaceChildren(signedIn() ? sliders(rating, oktmo, leaves) : keyForm(open));
  open();
  return box;
}

function keyForm(done) {
  const told = h("p", { class: "minor", role: "status" });
  return h("form", { class: "key", on: { submit: (event) => send(event, told, done) } },
    h("p", {}, "Пересчёт делает служба, ей нужен ключ доступа. Ключ живёт в памяти страницы и исчезает вместе с ней."),
    h("label", {}, "Клиент ", h("input", { name: "client", required: true, autocomplete: "username" })),
    h("label", {}, "Секрет ", h("input", { name: "secret", type: "password", required: true, autocomplete: "off" })),
    h("button", {}, "Войти"), told);
}

async function send(event, told, done) {
  event.preventDefault();
  const { client, secret } = event.target.elements;
  told.textContent = "Запрашивается…";
  const refused = await signIn(client.value, secret.value);
  if (refused) told.textContent = refused;
  else done();
}

function sliders(rating, oktmo, leaves) {
  const answer = h("p", { role: "status" }, "Передвиньте ползунок: балл и место посчитает служба.");
  const values = new Map(leaves.map((leaf) => [leaf.indicator, Number(leaf.normalised)]));
  const recount = () => count(rating, oktmo, values, answer);
  return h("div", { class: "sliders" }, leaves.map((leaf) => slider(leaf, values, recount)), answer);
}

function slider(leaf, values, recount) {
  const shown = h("output", {}, number(leaf.normalised, 1));
  const input = h("input", { type: "range", min: 0, max: 100, step: 1, value: leaf.normalised, on: {
    input: () => { shown.textContent = number(input.value, 1); },
    change: () => { values.set(leaf.indicator, Number(input.value)); recount(); },
  } });
  return h("label", {}, h("span", {}, leaf.title), input, shown);
}

async function count(rating, oktmo, values, answer) {
  answer.textContent = "Считается…";
  const body = await question(rating, oktmo, values);
  const response = body && await fetch("/v1/ratings/preview", {
    method: "POST", headers: { "content-type": "application/json", ...bearer() }, body: JSON.stringify(body),
  }).catch(() => null);
  if (!response?.ok) {
    answer.textContent = response?.status === 401 ? "Ключ больше не действует: обновите страницу и войдите снова." : "Пересчёт не удался.";
    return;
  }
  const { units } = await response.json();
  answer.textContent = sentence(units.find((unit) => unit.code === oktmo).nodes.total, units.length);
}

function sentence(total, of) {
  const where = of > 1 && total.place ? `место ${place(total.place)} из ${total.place.of} по известным баллам` : "место не вычислить: баллов других нет";
  return total.score !== null ? `Стал бы балл ${number(total.score, 3)}, ${where}.` : "Балл при таких значениях не вычисляется.";
}

// The published methodology and the stored values of all, with this territory's moved.
async function question(rating, oktmo, values) {
  const known = (await ask("/v1/ratings/methodologies")).data?.items ?? [];
  const methodology = known.find((one) => one.programme === rating.programme && one.version === rating.methodology)?.document;
  if (!methodology) return null;
  const rows = await readAll(`/v1/ratings/${rating.programme}/${rating.period}/observations`);
  const indicators = [...values.keys()];
  const units = new Map();
  for (const { territory, indicator, value } of rows) {
    if (!units.has(territory)) units.set(territory, new Map());
    units.get(territory).set(indicator, value === null ? null : Number(value.value));
  }
  units.set(oktmo, values);
  const groups = new Map(rating.rows.map((row) => [row.territory, row.group]));
  const codes = [...units.keys()];
  return {
    methodology, indicators,
    units: codes.map((code) => ({ code, group: groups.get(code) ?? null })),
    values: codes.map((code) => indicators.map((indicator) => units.get(code).get(indicator) ?? null)),
  };
}
