// Calls of a signed-in client to the import endpoints of a service.

import { bearer } from "/page/auth.js";

export const SERVICES = { ratings: "Рейтинги", olympiads: "Олимпиады", training: "Повышение квалификации" };
const MEDIA = {
  csv: "text/csv", xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
  json: "application/json", ndjson: "application/x-ndjson",
};
const PAUSE = 1000;

export const mediaOf = (name) => MEDIA[name.split(".").at(-1).toLowerCase()] ?? null;

// {status, data}: data is null where the answer is no JSON; status 0 means that nobody answered.
export async function call(method, path, { body, media, key } = {}) {
  const headers = { accept: "application/json", ...bearer() };
  if (media) headers["content-type"] = media;
  if (key) headers["idempotency-key"] = key;
  try {
    const response = await fetch(path, { method, headers, body });
    return { status: response.status, data: await response.json().catch(() => null), place: response.headers.get("location") };
  } catch {
    return { status: 0, data: null, place: null };
  }
}

export const me = async () => (await call("GET", "/v1/clients/me")).data;

// What may be loaded by this client: kinds of the services it may write.
export async function kinds(scopes) {
  const open = Object.keys(SERVICES).filter((service) => scopes.includes(`${service}:write`));
  const answers = await Promise.all(open.map((service) => call("GET", `/v1/${service}/imports/kinds`)));
  return open.flatMap((service, n) => (answers[n].data?.items ?? []).map((kind) => ({ ...kind, service })));
}

// Send a file; a long import is asked about until it ends. `tell` hears what is going on.
export async function send(kind, file, { dry, tell }) {
  const query = new URLSearchParams({ kind: kind.kind, dry_run: String(dry) });
  tell("Файл отправляется…");
  let answer = await call("POST", `/v1/${kind.service}/imports?${query}`, { body: file, media: mediaOf(file.name), key: crypto.randomUUID() });
  while (answer.status === 202 || ["accepted", "running"].includes(answer.data?.status)) {
    tell("Файл принят, идёт обработка…");
    await new Promise((done) => { setTimeout(done, PAUSE); });
    answer = await call("GET", answer.place ?? `/v1/${kind.service}/imports/${answer.data.id}`);
  }
  return answer;
}

export const changesOf = async (path) => (await call("GET", `${path}?limit=200`)).data;

export const revert = (service, id) => call("POST", `/v1/${service}/imports/${id}/revert`, { key: crypto.randomUUID() });

// A file behind a token is fetched and offered by the page itself.
export async function download(path, name) {
  const response = await fetch(path, { headers: bearer() }).catch(() => null);
  if (!response?.ok) return false;
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await response.blob());
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  return true;
}
