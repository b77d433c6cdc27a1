// Building elements without markup strings: text from the API is always text.

const SVG = "http://www.w3.org/2000/svg";

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "on") {
      for (const [event, handler] of Object.entries(value)) element.addEventListener(event, handler);
    } else if (value === true) element.setAttribute(name, "");
    else if (value !== null && value !== undefined && value !== false) element.setAttribute(name, value);
  }
  element.append(...present(children));
  return element;
}

const present = (children) =>
  children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false);

export const h = (tag, attributes = {}, ...children) =>
  fill(document.createElement(tag), attributes, children);

export const svg = (tag, attributes = {}, ...children) =>
  fill(document.createElementNS(SVG, tag), attributes, children);

export const put = (id, ...children) =>
  document.querySelector(`#${id} .body`).replaceChildren(...present(children));

export const absent = (text) => h("p", { class: "absent" }, text);

export const lead = (text) => h("p", { class: "lead" }, text);

// Text for those who hear the page.
export const spoken = (text) => h("span", { class: "hidden" }, text);

const widths = new ResizeObserver((entries) => entries.forEach(({ target }) => settle(target)));

// Only what does not fit is a stop for the keyboard.
function settle(box) {
  if (box.scrollWidth > box.clientWidth + 1) box.setAttribute("tabindex", "0");
  else box.removeAttribute("tabindex");
}

export function scrolling(name, content) {
  const box = h("div", { class: "scroll", role: "region", "aria-label": name }, content);
  widths.observe(box);
  return box;
}

// A table: columns are [title, class]; rows are arrays of cells, the first a row heading.
export function table(caption, columns, rows, attributes = {}) {
  const head = h("tr", {}, columns.map(([title, kind]) => h("th", { scope: "col", class: kind }, title)));
  const lines = rows.map((cells) => h("tr", {}, cells.map((cell, n) => line(cell, n, columns[n][1]))));
  return scrolling(caption,
    h("table", attributes, h("caption", {}, caption), h("thead", {}, head), h("tbody", {}, lines)));
}

const line = (cell, n, kind) =>
  n === 0 ? h("th", { scope: "row", class: kind }, cell ?? "—") : h("td", { class: kind }, cell ?? "—");
