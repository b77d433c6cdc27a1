// Lists put in order before they are drawn.

export const latest = (list) => [...list].sort().at(-1);

// What the list calls its territories: made-up ones have codes that no register uses.
export const isMadeUp = (item) => item.oktmo.startsWith("00");

// Items by a key, the keys in the order they first come.
export function grouped(items, keyOf) {
  const groups = new Map();
  for (const item of items) {
    const key = keyOf(item);
    if (!groups.has(key)) groups.set(key, []);
    groups.get(key).push(item);
  }
  return groups;
}

export const byTitle = (a, b) => a.title.localeCompare(b.title, "ru");
