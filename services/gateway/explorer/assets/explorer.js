// The explorer: Swagger UI over the part of the contract that is looked at.

import { operations, partOf } from "./parts.js";
import { listen as listenToSearch } from "./search.js";
import { listen as listenToToken, withToken } from "./token.js";

const place = document.getElementById("explorer");
const sections = document.getElementById("sections");
const ATTEMPTS = 30;
const PAUSE = 2000;
let shown = null;

// Swagger UI's deep links: #/tag or #/tag/operation.
const asked = (tags) => {
  const [, tag] = location.hash.split("/");
  return tags.some((one) => one.name === tag) ? tag : tags[0].name;
};

function show(contract, tag) {
  if (tag === shown) return;
  shown = tag;
  for (const link of sections.querySelectorAll("a")) {
    if (link.dataset.tag === tag) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  const own = document.createElement("div");
  place.replaceChildren(own);
  SwaggerUIBundle({
    spec: partOf(contract, tag),
    domNode: own,
    deepLinking: true,
    docExpansion: "list",
    defaultModelsExpandDepth: -1,
    displayRequestDuration: true,
    tryItOutEnabled: true,
    persistAuthorization: false,
    validatorUrl: null,
    queryConfigEnabled: false,
    requestInterceptor: withToken,
  });
}

function section({ name, "x-displayName": title }, known) {
  const item = document.createElement("li");
  const link = document.createElement("a");
  const count = document.createElement("small");
  link.href = `#/${name}`;
  link.dataset.tag = name;
  link.textContent = title ?? name;
  count.textContent = String(known.filter((one) => one.tag === name).length);
  link.append(" ", count);
  item.append(link);
  return item;
}

// While services start, the contract is not there yet; it is asked for again for a minute.
async function readContract() {
  for (let asked = 0; asked < ATTEMPTS; asked += 1) {
    const response = await fetch("/openapi.json");
    if (response.ok) return response.json();
    if (response.status !== 503) break;
    place.textContent = "Описание API ещё загружается…";
    await new Promise((resolve) => { setTimeout(resolve, PAUSE); });
  }
  throw new Error("The contract is not served.");
}

async function start() {
  const contract = await readContract();
  const known = operations(contract);
  const tags = contract.tags.filter((tag) => known.some((one) => one.tag === tag.name));
  sections.replaceChildren(...tags.map((tag) => section(tag, known)));
  listenToSearch(document.getElementById("search"), document.getElementById("found"), known);
  addEventListener("hashchange", () => show(contract, asked(tags)));
  show(contract, asked(tags));
}

listenToToken(document.getElementById("token"), document.getElementById("told"));
start().catch(() => { place.textContent = "Описание API сейчас не отвечает. Обновите страницу через минуту."; });
