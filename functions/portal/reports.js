/** The reports: as a chart, as a table, as a file. */

import { address, get } from "./api.js";
import { audit } from "./audit.js";
import { bars } from "./charts.js";
import { element } from "./dom.js";
import { table } from "./tables.js";
import { counted, named, sentence, time } from "./wording.js";

export const title = "Reports";

const SHOWN = 200; // rows; the file has all of them
const BARS = 8;
/** What the rows of a report are counted by, in order of preference. */
const GROUPS = [
  "access",
  "problem",
  "setting",
  "policy",
  "list",
  "access_reason",
  "model",
  "os",
  "device_type",
  "mailbox",
];

/** Return the list of reports, or the one that is named. */
export async function view({ person, parts, signal }) {
  const { reports } = await get("reports", {}, signal);
  if (!parts.length)
    return [element("h1", {}, title), list(reports, person), audit(person, signal)];
  const report = await get(
    `reports/${encodeURIComponent(parts[0])}`,
    { tenant_id: person.tenantId },
    signal,
  );
  return [
    element("p", {}, element("a", { href: person.link("reports") }, "All reports")),
    element("h1", {}, named(report.name)),
    element(
      "p",
      {},
      `${sentence(report.says)}. `,
      counted(report.rows.length, "row"),
      report.truncated ? " and more" : "",
      ", as seen ",
      time(report.as_of),
      ".",
    ),
    download(report.name, person),
    chart(report),
    rows(report),
  ];
}

function list(reports, person) {
  const cards = reports.map(({ name, says }) =>
    element(
      "article",
      { class: "card" },
      element("h2", {}, element("a", { href: person.link("reports", name) }, named(name))),
      element("p", {}, `${sentence(says)}.`),
      download(name, person),
    ),
  );
  return element("div", { class: "cards" }, cards);
}

function download(name, person) {
  const href = address(`reports/${encodeURIComponent(name)}`, {
    tenant_id: person.tenantId,
    format: "csv",
  });
  const link = element(
    "a",
    {
      class: "button",
      href,
      download: `${name}.csv`,
      "aria-label": `Download CSV: ${named(name)}`,
    },
    "Download CSV",
  );
  return element("p", {}, link);
}

function chart({ name, columns, rows: all }) {
  const by = GROUPS.find((column) => columns.includes(column));
  if (!by || !all.length) return null;
  const counts = countedBy(all, columns.indexOf(by), columns.indexOf("devices"));
  const most = counts.slice(0, BARS);
  const others = counts.slice(BARS).reduce((sum, { count }) => sum + count, 0);
  if (others) most.push({ name: "others", count: others });
  const heading = `${named(name)}, by ${named(by).toLowerCase()}`;
  return element(
    "figure",
    { class: "card" },
    bars(heading, most),
    element("figcaption", {}, heading),
  );
}

function countedBy(rows, column, weight) {
  const counts = new Map();
  for (const row of rows) {
    const key = String(row[column] ?? "") || "not told";
    counts.set(key, (counts.get(key) ?? 0) + (weight < 0 ? 1 : row[weight]));
  }
  const entries = [...counts].map(([key, count]) => ({ name: key, count }));
  return entries.sort((one, other) => other.count - one.count);
}

function rows({ name, columns, rows: all }) {
  const shown = all.slice(0, SHOWN);
  const described = columns.map((column, index) => ({
    name: named(column),
    key: column,
    value: (row) => row[index],
    cell: (row) => cell(column, row[index]),
    kind: typeof shown[0]?.[index] === "number" ? "number" : "",
  }));
  return [
    all.length > SHOWN
      ? element("p", { class: "hint" }, `The first ${SHOWN} rows; the file has all of them.`)
      : null,
    table({
      caption: named(name),
      columns: described,
      rows: shown,
      none: "No row: nothing is amiss.",
    }),
  ];
}

function cell(column, value) {
  if (typeof value === "boolean") return value ? "yes" : "no";
  const isTime = /(_at|^since)$/.test(column) && typeof value === "string";
  return isTime ? time(value) : value;
}
