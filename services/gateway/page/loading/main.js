// A file from a methodologist's hands: checked first, sent on her word, undone on her word.

import { read } from "/page/api.js";
import { h, put } from "/page/dom.js";
import { changesOf, download, revert, send } from "./client.js";
import { changes, counts, errors, problemOf, warnings } from "./report.js";
import { showEntrance, showFile, showKinds } from "./steps.js";

const tell = (text) => put("report", h("p", {}, text));

async function run(kind, file, dry) {
  document.getElementById("report").hidden = false;
  const answer = await send(kind, file, { dry, tell });
  const report = answer.data?.report ?? (answer.data?.counts ? answer.data : null);
  if (!report) return put("report", h("p", { class: "refused" }, problemOf(answer)));
  const changed = report.changes ? await changesOf(report.changes) : null;
  put("report",
    verdict(report), counts(report), warnings(report), errors(report),
    report.annotated ? marked(report, kind) : null,
    dry ? changes(changed, kind) : null,
    h("div", { class: "filters" }, actions(report, kind, file, dry)));
  document.getElementById("h-report").focus();
}

function verdict({ status, dry_run: dry }) {
  if (status !== "done") return h("p", { class: "refused" }, "Файл не принят, ничего не изменилось. Исправьте ячейки и выберите файл снова.");
  return h("p", { class: "accepted" }, dry ? "Ошибок нет. Пока ничего не изменилось." : "Загружено. Страница паспорта обновится сама.");
}

const marked = (report, kind) =>
  h("p", {}, h("button", { type: "button", on: { click: () => download(report.annotated, `${kind.kind}-пометки.csv`) } }, "Скачать файл с пометками"));

function actions(report, kind, file, dry) {
  if (report.status !== "done") return [];
  if (dry) return [h("button", { type: "button", class: "send", on: { click: () => run(kind, file, false) } }, "Загрузить")];
  return [
    h("button", { type: "button", class: "undo", on: { click: () => undo(kind, report.id) } }, "Отменить загрузку"),
    h("a", { href: "/" }, "Посмотреть на странице"),
  ];
}

async function undo(kind, id) {
  tell("Загрузка отменяется…");
  const answer = await revert(kind.service, id);
  const done = answer.status >= 200 && answer.status < 300;
  put("report", h("p", { class: done ? "accepted" : "refused" }, done ? "Загрузка отменена: прежние значения вернулись." : problemOf(answer)));
}

async function nameRegion() {
  const region = await read("/v1/region");
  if (region) document.querySelector(".brand").textContent = region.site_title;
}

nameRegion();
showEntrance((client) => showKinds(client, (kind) => showFile(kind, (file) => run(kind, file, true))));
