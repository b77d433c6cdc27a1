// Building elements without markup strings: text from the API is always text.

const SVG = "http://www.w3.org/2000/svg";

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "on") {
      for (const [event, handler] of Object.entries(value)) element.addEventListener(event, handler);
    } else if (value === true) element.setAttribute(name, "");
    else if (value !== null && value !== undefined && value !== false) element.setAttribute(name, value);
  }
  for (const child of children.flat()) {
    if (child !== null && child !== undefined && child !== false) element.append(child);
  }
  return element;
}

export const h = (tag, attributes = {}, ...children) =>
  fill(document.createElement(tag), attributes, children);

export const svg = (tag, attributes = {}, ...children) =>
  fill(document.createElementNS(SVG, tag), attributes, children);

export const put = (id, ...children) =>
  document.querySelector(`#${id} .body`).replaceChildren(...children.flat().filter(Boolean));

// A table: columns are [title, class]; rows are arrays of cells, the first a row heading.
export function table(caption, columns, rows, attributes = {}) {
  const head = h("tr", {}, columns.map(([title, kind]) => h("th", { scope: "col", class: kind }, title)));
  const lines = rows.map((cells) =>
    h("tr", {}, cells.map((cell, n) =>
      n === 0
        ? h("th", { scope: "row", class: columns[n][1] }, cell ?? "—")
        : h("td", { class: columns[n][1] }, cell ?? "—"))));
  const body = h("table", attributes, h("caption", {}, caption), h("thead", {}, head), h("tbody", {}, lines));
  return h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": caption }, body);
}

export const absent = (text) => h("p", { class: "absent" }, text);
