// The public API and nothing else. An answer that is not there is null, never an exception.

const kept = new Map();

export async function read(path) {
  if (!kept.has(path)) {
    kept.set(path, fetch(path, { headers: { accept: "application/json" } })
      .then((response) => (response.ok ? response.json() : null))
      .catch(() => null));
  }
  return kept.get(path);
}

export const forget = () => kept.clear();

// The published tables by kind: {rum: ["2021", "2022"], thresholds: [...], cyclogram: [...], …}.
export async function published() {
  const found = { ratings: {}, thresholds: [], cyclogram: [], coverage: [] };
  let cursor = null;
  do {
    const page = await read(`/v1/documents?limit=1000${cursor ? `&cursor=${cursor}` : ""}`);
    for (const { path } of page?.items ?? []) {
      const [, , service, first, second, more] = path.split("/");
      if (more !== undefined) continue;
      if (service === "ratings" && /^\d{4}/.test(second ?? "")) (found.ratings[first] ??= []).push(second);
      if (service === "olympiads" && second === "thresholds") found.thresholds.push(first);
      if (service === "training" && second in found) found[second].push(first);
    }
    cursor = page?.next;
  } while (cursor);
  return found;
}
