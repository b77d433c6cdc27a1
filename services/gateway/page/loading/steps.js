// The steps of the page: each fills its section and calls what comes next.

import { signIn } from "/page/auth.js";
import { h, put } from "/page/dom.js";
import { SERVICES, kinds, mediaOf, me } from "./client.js";

const open = (id, shown = true) => { document.getElementById(id).hidden = !shown; };

export function showEntrance(next) {
  const told = h("p", { role: "status" });
  const submit = async (event) => {
    event.preventDefault();
    const { client, secret } = event.target.elements;
    told.textContent = "Проверяется…";
    const refused = await signIn(client.value.trim(), secret.value);
    if (refused) { told.textContent = refused; return; }
    const known = await me();
    put("enter", h("p", { class: "accepted" }, `Вы вошли: ${known.title}. ${territories(known.territories)} Вход действует 10 минут и исчезает с закрытием страницы.`));
    next(known);
  };
  put("enter", h("form", { class: "step", on: { submit } },
    h("label", {}, "Имя клиента", h("input", { name: "client", required: true, autocomplete: "username" })),
    h("label", {}, "Секрет", h("input", { name: "secret", type: "password", required: true, autocomplete: "off" })),
    h("button", {}, "Войти")),
  h("p", { class: "note" }, "Имя и секрет выдаёт администратор системы. Если система запущена на этом компьютере командой make run, они записаны в файле demo-client.json в папке её данных."),
  told);
}

const territories = (codes) => (codes.includes("*") ? "Территории: все." : `Территории: ${codes.join(", ")}; строки других территорий будут отклонены.`);

export async function showKinds({ scopes }, next) {
  const known = await kinds(scopes);
  open("choose");
  if (!known.length) {
    put("choose", h("p", { class: "absent" }, "Этому клиенту загрузка не разрешена: попросите у администратора право записи."));
    return;
  }
  const select = h("select", { id: "kind" }, Object.keys(SERVICES).map((service) => group(service, known)));
  const forms = h("p", {});
  const choose = () => {
    const kind = known[Number(select.value)];
    forms.replaceChildren("Форма для заполнения: ",
      h("a", { href: kind.templates.xlsx, download: "" }, "Excel"), " или ", h("a", { href: kind.templates.csv, download: "" }, "CSV"), ".");
    next(kind);
  };
  select.addEventListener("change", choose);
  put("choose", h("div", { class: "step" }, h("label", {}, "Вид данных", select)), forms);
  choose();
}

const group = (service, known) =>
  h("optgroup", { label: SERVICES[service] },
    known.map((kind, n) => (kind.service === service ? h("option", { value: n }, kind.title) : null)));

export function showFile(kind, next) {
  open("file");
  open("report", false);
  const told = h("p", { class: "minor", role: "status" }, `Выбран вид: ${kind.title}.`);
  const take = (file) => {
    if (!file) return;
    if (!mediaOf(file.name)) { told.textContent = "Такие файлы не принимаются: нужен .xlsx, .csv, .json или .ndjson."; return; }
    told.textContent = `Файл: ${file.name}.`;
    next(file);
  };
  const input = h("input", { type: "file", accept: ".csv,.xlsx,.json,.ndjson", on: { change: () => { take(input.files[0]); input.value = ""; } } });
  const box = h("div", { class: "drop", on: {
    dragover: (event) => { event.preventDefault(); box.classList.add("over"); },
    dragleave: () => box.classList.remove("over"),
    drop: (event) => { event.preventDefault(); box.classList.remove("over"); take(event.dataTransfer.files[0]); },
  } }, h("label", {}, "Перетащите файл сюда или выберите: ", input));
  put("file", box, told);
}
