/** Tables that can be sorted by a click or a key, and are a list of cards on a phone. */

import { element, say } from "./dom.js";

/**
 * Make a table of *rows*.
 *
 * A column has a `name`, a `value` of a row to sort by, and perhaps a `cell` to show for it. With
 * `sort` the rows are sorted elsewhere: it is called with a column's key and "-" for the other way.
 */
export function table({
  caption,
  columns,
  rows,
  sorted = "",
  sort = null,
  none = "There is nothing to show.",
}) {
  const body = element("tbody", { role: "rowgroup" });
  const state = { by: sorted };
  const headers = columns.map((column) =>
    header(column, state, (by) => (sort ? sort(by) : arrange(by))),
  );
  const arrange = (by) => {
    state.by = by;
    headers.forEach((each, index) => mark(each, columns[index], by));
    body.replaceChildren(...ordered(rows, columns, by).map((row) => line(columns, row)));
    say(`Sorted by ${columns.find(({ key }) => key === by.replace("-", "")).name}`);
  };
  const shown = sort || !sorted ? rows : ordered(rows, columns, sorted);
  body.append(...shown.map((row) => line(columns, row)));
  headers.forEach((each, index) => mark(each, columns[index], sorted));
  const drawn = element(
    "table",
    { role: "table" },
    element("caption", {}, caption),
    element("thead", { role: "rowgroup" }, element("tr", { role: "row" }, headers)),
    body,
  );
  return rows.length ? drawn : element("p", { class: "none" }, `${caption}: ${none}`);
}

/** Make a list of names and values; those without a value are left out. */
export function facts(pairs) {
  const known = pairs.filter(([, value]) => value !== null && value !== undefined && value !== "");
  const entries = known.map(([name, value]) =>
    element("div", {}, element("dt", {}, name), element("dd", {}, value)),
  );
  return element("dl", { class: "facts" }, entries);
}

function header(column, state, arrange) {
  if (!column.key)
    return element("th", { role: "columnheader", scope: "col", class: column.kind }, column.name);
  const turn = () => arrange(state.by === column.key ? `-${column.key}` : column.key);
  const button = element(
    "button",
    { type: "button", class: "sort", on: { click: turn } },
    column.name,
  );
  return element("th", { role: "columnheader", scope: "col", class: column.kind }, button);
}

function mark(cell, column, by) {
  cell.removeAttribute("aria-sort");
  if (column.key && by.replace("-", "") === column.key) {
    cell.setAttribute("aria-sort", by.startsWith("-") ? "descending" : "ascending");
  }
}

function ordered(rows, columns, by) {
  const column = columns.find(({ key }) => key === by.replace("-", ""));
  const way = by.startsWith("-") ? -1 : 1;
  return rows.toSorted((one, other) => way * compared(column.value(one), column.value(other)));
}

function compared(one, other) {
  if (typeof one === "number" && typeof other === "number") return one - other;
  return String(one ?? "").localeCompare(String(other ?? ""), undefined, { numeric: true });
}

function line(columns, row) {
  const cells = columns.map((column) => {
    const shown = (column.cell ?? column.value)(row);
    const inner = shown === null || shown === undefined || shown === "" ? "–" : shown;
    const content = element("span", {}, typeof inner === "object" ? inner : String(inner));
    return element("td", { role: "cell", "data-label": column.name, class: column.kind }, content);
  });
  return element("tr", { role: "row" }, cells);
}
