// Puts the page together for one territory and follows what is published meanwhile.

import { showActive } from "./active.js";
import { showAnalyst } from "./analyst.js";
import { ask, forget, published, read, readAll } from "./api.js";
import { showCoverage } from "./coverage.js";
import { showCyclogram } from "./cyclogram.js";
import { knowDocuments } from "./documents.js";
import { absent, h, put } from "./dom.js";
import { knowFindings } from "./doubts.js";
import { showEffects } from "./effects.js";
import { showExams } from "./exams.js";
import { showFindings } from "./findings.js";
import { showHeat } from "./heat.js";
import { bandsOf, showLight } from "./levels.js";
import { byTitle, isMadeUp } from "./lists.js";
import { showMap } from "./map.js";
import { showMeasures } from "./measures.js";
import { programmeOf, yearsOf } from "./monitoring.js";
import { newest, own, ownerOf } from "./ownership.js";
import { showPlaces } from "./places.js";
import { home, knowRegion } from "./region.js";
import { showSummary } from "./summary.js";
import { showThresholds } from "./thresholds.js";
import { moment } from "./words.js";

const content = document.getElementById("content");
const picker = document.getElementById("territory");
const news = document.getElementById("news");
let turn = 0;
let territories = [];

const wanted = () => new URLSearchParams(location.search).get("territory") ?? home().territory;

async function fillPicker(oktmo) {
  const list = await readAll("/v1/territories", "synthetic=true");
  territories = list;
  const byName = (kind) => list.filter((item) => item.kind === kind).sort(byTitle);
  const option = (item) => h("option", { value: item.oktmo }, item.title);
  const regions = byName("region");
  const owners = [...new Set(byName("municipality").map((item) => item.parent))];
  const groups = [
    h("optgroup", { label: "Регионы" }, regions.filter((item) => !isMadeUp(item)).map(option)),
    ...owners.map((owner) => h("optgroup", { label: `Муниципалитеты: ${regions.find((item) => item.oktmo === owner)?.title ?? owner}` },
      byName("municipality").filter((item) => item.parent === owner).map(option))),
    h("optgroup", { label: "Учебные, вымышленные" }, regions.filter(isMadeUp).map(option)),
  ];
  if (list.length) picker.replaceChildren(...groups);
  picker.value = oktmo;
}

async function show(oktmo) {
  const mine = ++turn;
  content.setAttribute("aria-busy", "true");
  const [asked, found] = await Promise.all([ask(`/v1/territories/${encodeURIComponent(oktmo)}/passport`), published(), fillPicker(oktmo)]);
  if (mine !== turn) return;
  content.classList.toggle("failed", asked.data === null);
  if (asked.data === null) refuse(oktmo, asked.status);
  else await showAll(asked.data, found);
  if (mine === turn) content.removeAttribute("aria-busy");
}

function refuse(oktmo, status) {
  document.getElementById("h-summary").textContent = "Паспорт не показан";
  const unknown = status === 404 || status === 422;
  put("summary",
    absent(unknown ? `Территория с кодом ОКТМО ${oktmo} не зарегистрирована. Выберите другую в списке.` : "Портал сейчас не отвечает. Данные целы; попробуйте ещё раз через минуту."),
    unknown ? null : h("button", { type: "button", on: { click: () => show(oktmo) } }, "Повторить"));
}

async function showAll(passport, found) {
  const { oktmo, title } = passport.territory;
  document.title = `${title} — паспорт качества образования`;
  document.getElementById("synthetic").hidden = !passport.territory.synthetic;
  const owner = await ownerOf(passport, territories);
  await knowDocuments(owner.passport.territory.oktmo);
  const { ratings, documents, paths, findings } = await readAbout(passport, owner, oktmo, found);
  knowFindings(findings);
  const bands = await bandsOf(ratings.at(-1));
  const isOwn = ratings.some((rating) => rating?.rows.some((row) => row.territory === oktmo));
  const rated = isOwn ? oktmo : owner.passport.territory.oktmo;
  const isRated = isOwn || ratings.some((rating) => rating?.rows.some((row) => row.territory === rated));
  const ownsActive = owner.passport.territory.oktmo === home().territory;
  const titles = titlesOf(passport, ratings, documents);
  for (const [id, shown] of [["light", isRated], ["map", isRated], ["analyst", isRated], ["thresholds", documents[0]], ["cyclogram", documents[1]], ["coverage", documents[2]], ["active", ownsActive], ["measures", ownsActive], ["effects", ownsActive || passport.territory.synthetic]]) {
    own(id, isOwn && ["light", "map", "analyst"].includes(id) ? { passport, region: false } : owner, Boolean(shown));
  }
  own("findings", owner, true);
  const rowOf = (n) => found.rows.get(paths[n]);
  await Promise.all([
    showSummary(passport, bands, findings, owner),
    showMap(ratings, oktmo, bands),
    showAnalyst(ratings.at(-1), rated, bands),
    showActive(ownsActive),
    showMeasures(ownsActive, titles),
    showEffects(ownsActive || passport.territory.synthetic, Boolean(passport.territory.synthetic)),
    showLight(ratings.at(-1), ratings.at(-2), rated, bands),
    showHeat(ratings, oktmo),
    showPlaces(passport),
    showExams(passport),
    showThresholds(documents[0], rowOf(0)),
    showCyclogram(documents[1], rowOf(1)),
    showCoverage(documents[2], rowOf(2)),
    showFindings(findings, titles),
  ]);
  document.getElementById("printed").textContent = `Паспорт качества образования. ${title}${passport.revision ? `, редакция ${passport.revision}` : ""}. Показано ${moment(new Date().toISOString())}.`;
}

// All that the sections show: ratings, the owner's documents and the findings that may be told.
async function readAbout(passport, owner, oktmo, found) {
  const programme = passport.parts.ratings.data ? programmeOf(passport) : programmeOf(owner.passport);
  const season = newest(owner, "olympiads");
  const year = newest(owner, "training");
  const paths = [
    season && `/v1/olympiads/${season}/thresholds`,
    year && `/v1/training/${year}/cyclogram`,
    year && `/v1/training/${year}/coverage`,
  ].map((path) => (found.rows.has(path) ? path : null));
  const owns = owner.passport.territory.oktmo === home().territory;
  const [ratings, documents, findings] = await Promise.all([
    yearsOf(programme, found),
    Promise.all(paths.map((path) => path && read(path))),
    readAll("/v1/findings", owns ? "" : `territory=${encodeURIComponent(oktmo)}`),
  ]);
  return { ratings, documents, paths, findings };
}

// What codes are called, out of everything the page has read.
function titlesOf(passport, ratings, [thresholds, cyclogram, coverage]) {
  const exams = Object.values(passport.parts.ege.data ?? {}).flatMap((year) => Object.entries(year).map(([code, one]) => [code, one.title]));
  return new Map([
    ...exams,
    ...(thresholds?.rows ?? []).map((row) => [row.subject, row.title]),
    ...(coverage?.rows ?? []).map((row) => [row.subject, row.title]),
    ...(cyclogram?.items ?? []).map((item) => [item.code, item.title]),
    ...ratings.filter(Boolean).flatMap((rating) => rating.nodes.map((node) => [node.code, node.title])),
  ].filter(([, title]) => title));
}

function tell(text, action) {
  news.replaceChildren(text, ...(action ? [h("button", { type: "button", on: { click: action } }, "Обновить")] : []));
  news.hidden = text === "";
}

function follow() {
  const events = new EventSource("/v1/events");
  const fresh = () => tell("Опубликованы новые данные. ", () => { tell(""); forget(); show(picker.value); });
  for (const type of TYPES) events.addEventListener(type, fresh);
  let lost = false;
  events.addEventListener("error", () => {
    if (!lost) tell(`Нет связи с порталом. Показано то, что получено к ${moment(new Date().toISOString())}. `);
    lost = true;
  });
  events.addEventListener("open", () => {
    if (lost) fresh();
    lost = false;
  });
}

const TYPES = [
  "ratings.revision_published.v1", "ratings.findings_changed.v1",
  "olympiads.thresholds_published.v1", "olympiads.findings_changed.v1",
  "training.plan_published.v1", "training.findings_changed.v1", "reset",
];

picker.addEventListener("change", () => {
  history.pushState(null, "", `?territory=${picker.value}`);
  show(picker.value);
});
addEventListener("popstate", () => show(wanted()));
await knowRegion();
await show(wanted());
follow();
