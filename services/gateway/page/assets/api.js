// The public API and nothing else. An answer that is not there is null, never an exception.

const kept = new Map();

// What was answered: {status, data, age}; status 0 means that nobody answered.
export async function ask(path, { fresh = false } = {}) {
  if (fresh || !kept.has(path)) kept.set(path, answer(path));
  const answered = await kept.get(path);
  if (answered.status !== 200) kept.delete(path);
  return answered;
}

async function answer(path) {
  try {
    const response = await fetch(path, { headers: { accept: "application/json" } });
    const data = response.ok ? await response.json() : null;
    return { status: response.status, data, age: Number(response.headers.get("age") ?? 0) };
  } catch {
    return { status: 0, data: null, age: 0 };
  }
}

export const read = async (path) => (await ask(path)).data;

export const forget = () => kept.clear();

// Every item of a list, page after page.
export async function readAll(path, query = "") {
  const items = [];
  let cursor = null;
  do {
    const more = cursor ? `&cursor=${encodeURIComponent(cursor)}` : "";
    const page = await read(`${path}?limit=1000${query && `&${query}`}${more}`);
    items.push(...(page?.items ?? []));
    cursor = page?.next ?? null;
  } while (cursor);
  return items;
}

// Which tables are published: {ratings: {rum: ["2021", "2022"]}, thresholds: [...], …}.
export async function published() {
  const found = { ratings: {}, thresholds: [], cyclogram: [], coverage: [], rows: new Map() };
  for (const row of await readAll("/v1/documents")) {
    found.rows.set(row.path, row);
    const [, , service, first, second, more] = row.path.split("/");
    if (more !== undefined) continue;
    if (service === "ratings" && /^\d{4}/.test(second ?? "")) (found.ratings[first] ??= []).push(second);
    if (service === "olympiads" && second === "thresholds") found.thresholds.push(first);
    if (service === "training" && (second === "cyclogram" || second === "coverage")) found[second].push(first);
  }
  return found;
}
