// The first thing read: where the territory stands, and what must not be overlooked.

import { absent, h, put } from "./dom.js";
import { badge, doubt, incomplete, outside, toNext, withoutPlace } from "./levels.js";
import { latest } from "./lists.js";
import { programmeOf } from "./monitoring.js";
import { wholeOf } from "./ownership.js";
import { source } from "./source.js";
import { GROUPS, PARTS, ago, moment, moved, number, place } from "./words.js";

const AMONG = { rum: "Место в России" };

export async function showSummary(passport, bands, findings, owner) {
  const { ratings } = passport.parts;
  document.getElementById("h-summary").textContent = passport.territory.title;
  const tiles = [
    ...scoreTiles(ratings.data ?? {}, programmeOf(passport), bands),
    motivatingTile(ratings.data?.motivating),
    findings.length ? findingsTile(findings, owner) : null,
  ];
  const known = tiles.filter(Boolean);
  const times = Object.values(passport.parts).map((part) => part.source_time).filter(Boolean).sort();
  put("summary",
    warnings(passport),
    known.length ? h("div", { class: "tiles" }, known) : absent("Чисел этой территории источники системы не публиковали."),
    await source(`/v1/territories/${passport.territory.oktmo}/passport`, {
      citation: passport.revision ? undefined : "Паспорт территории, о которой ещё ничего не опубликовано",
      revision: passport.revision,
      time: times.at(-1),
    }));
}

function scoreTiles(data, programme, bands) {
  const years = data[programme];
  const year = latest(Object.keys(years ?? {}));
  const total = year && years[year].total;
  if (!total) return [];
  const change = years[year].change?.nodes?.total;
  const since = years[year].change?.since;
  return [
    tile(`Балл${programme === "rum" ? " РУМ" : ""}, ${year} год`, number(total.score, 3), badge(total.level, bands), doubt(total.level, bands), toNext(total.level), outside(total), incomplete(total)),
    placeTile(`${AMONG[programme] ?? "Место"}, ${year} год`, total.place, total.declared?.place, change?.place && `${moved(change.place)}, чем в ${since} году`, withoutPlace(total.place_note, total.among, total.place_if_known)),
    (total.group_place || total.declared?.group_place) && placeTile(`Место в округе, ${year} год`, total.group_place, total.declared?.group_place, change?.group_place && `${moved(change.group_place)}, чем в ${since} году`, withoutPlace(total.group_place_note, total.group_among, null)),
  ];
}

const tile = (title, value, ...notes) =>
  h("div", { class: "tile" },
    h("p", { class: "what" }, title),
    h("p", { class: "value" }, value ?? "—"),
    notes.filter(Boolean).map((note) => h("p", { class: "note" }, note)));

function placeTile(title, computed, declared, change, why) {
  const shown = computed ?? declared;
  const kind = computed ? (declared ? `объявлено ${place(declared)}` : "вычислено") : "объявлено источником";
  return tile(title, place(shown), shown && `из ${shown.of}, ${kind}`, change, why);
}

function motivatingTile(years) {
  const year = latest(Object.keys(years ?? {}));
  if (!year) return null;
  const lines = Object.entries(GROUPS).map(([code, title]) => {
    const node = years[year][code];
    const shown = node?.place ?? node?.declared?.place;
    return shown && [h("dt", {}, title), h("dd", {}, place(shown))];
  });
  return h("div", { class: "tile" }, h("p", { class: "what" }, `Мотивирующий мониторинг, ${year} год`),
    h("dl", {}, lines), h("p", { class: "note" }, "место в России по группам показателей"));
}

function findingsTile(findings, owner) {
  const counts = {};
  for (const { severity } of findings) counts[severity] = (counts[severity] ?? 0) + 1;
  const rest = [
    counts.implausible && `${number(counts.implausible)} маловероятных`,
    counts.hazard && `${number(counts.hazard)} зависящих от метода`,
    counts.incomplete && `${number(counts.incomplete)} неполных`,
  ].filter(Boolean);
  const whose = owner.region ? `Противоречия в числах. ${wholeOf(owner.passport.territory.oktmo)}` : "Противоречия в числах";
  return tile(whose, number(counts.contradiction ?? 0), rest.length ? `ещё ${rest.join(", ")}` : null,
    h("a", { href: "#findings" }, "к находкам"));
}

function warnings(passport) {
  const gone = passport.unreachable.map((part) =>
    `${PARTS[part] ?? part}: служба ещё ни разу не ответила, данных этой части нет.`);
  const stale = passport.stale.map(({ part, since }) =>
    `${PARTS[part] ?? part}: нет связи со службой с ${moment(since)} (${ago((Date.now() - Date.parse(since)) / 1000)} назад). Показано опубликованное последним.`);
  return [...gone, ...stale].map((text) => h("p", { class: "warning" }, text));
}
