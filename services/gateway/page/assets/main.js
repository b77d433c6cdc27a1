// Puts the page together for one territory and follows what is published meanwhile.

import { forget, published, read } from "./api.js";
import { showCyclogram } from "./cyclogram.js";
import { h } from "./dom.js";
import { showFindings } from "./findings.js";
import { showHeat } from "./heat.js";
import { showLight, showSummary } from "./levels.js";
import { showPlaces } from "./places.js";
import { showCoverage, showExams, showThresholds } from "./tables.js";
import { moment } from "./words.js";

const HOME = "08000000";
const content = document.getElementById("content");
const picker = document.getElementById("territory");
const news = document.getElementById("news");

const wanted = () => new URLSearchParams(location.search).get("territory") ?? HOME;
const latest = (list) => [...list].sort().at(-1);

async function fillPicker(oktmo) {
  const list = (await read("/v1/territories?limit=1000"))?.items ?? [];
  const kinds = { region: "Регионы", municipality: "Муниципалитеты Хабаровского края" };
  const groups = Object.entries(kinds).map(([kind, label]) =>
    h("optgroup", { label }, list.filter((item) => item.kind === kind).sort((a, b) => a.title.localeCompare(b.title, "ru")).map((item) => h("option", { value: item.oktmo }, item.title))));
  if (list.length) picker.replaceChildren(...groups);
  picker.value = oktmo;
}

async function show(oktmo) {
  content.setAttribute("aria-busy", "true");
  const [passport, found] = await Promise.all([read(`/v1/territories/${oktmo}/passport`), published(), fillPicker(oktmo)]);
  if (!passport) {
    tell("Паспорт этой территории сейчас не отвечает. Попробуйте позже.");
    content.removeAttribute("aria-busy");
    return;
  }
  document.title = `${passport.territory.title} — паспорт качества образования`;
  const periods = [...(found.ratings.rum ?? [])].sort();
  const ratings = await Promise.all(periods.map((period) => read(`/v1/ratings/rum/${period}`)));
  showSummary(passport);
  showLight(ratings.at(-1), ratings.at(-2), oktmo);
  showHeat(ratings, oktmo);
  showPlaces(passport.parts.ratings.data);
  showExams(passport.parts.ege.data);
  showThresholds(found.thresholds.length ? await read(`/v1/olympiads/${latest(found.thresholds)}/thresholds`) : null);
  showCyclogram(found.cyclogram.length ? await read(`/v1/training/${latest(found.cyclogram)}/cyclogram`) : null);
  showCoverage(found.coverage.length ? await read(`/v1/training/${latest(found.coverage)}/coverage`) : null);
  await showFindings(oktmo, passport.parts.findings.counts);
  showSource(passport, ratings.at(-1));
  content.removeAttribute("aria-busy");
}

function showSource(passport, rating) {
  const times = Object.values(passport.parts).map((part) => part.source_time).filter(Boolean).sort();
  document.getElementById("source").replaceChildren(
    h("p", {}, `Источник: ${location.origin}/v1/territories/${passport.territory.oktmo}/passport, редакция ${passport.revision}, данные на ${moment(times.at(-1))}.`),
    rating ? h("p", {}, rating.citation, ".") : "",
    h("p", {}, "Открытые данные: ", h("a", { href: "/docs" }, "описание API"), ", ", h("a", { href: "/openapi.json" }, "OpenAPI"), "."));
}

function tell(text, action) {
  news.replaceChildren(text, action ? h("button", { type: "button", on: { click: action } }, "Обновить") : "");
  news.hidden = false;
}

function follow() {
  const events = new EventSource("/v1/events");
  const fresh = () => tell("Опубликованы новые данные. ", () => { news.hidden = true; forget(); show(picker.value); });
  for (const type of ["ratings.revision_published.v1", "olympiads.thresholds_published.v1", "training.plan_published.v1"]) events.addEventListener(type, fresh);
}

picker.addEventListener("change", () => {
  history.pushState(null, "", `?territory=${picker.value}`);
  show(picker.value);
});
addEventListener("popstate", () => show(wanted()));
await show(wanted());
follow();
