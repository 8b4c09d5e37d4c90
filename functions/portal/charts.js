/** Charts as SVG; each has its numbers in words beside it. */

import { drawn, element, newId } from "./dom.js";
import { counted, number } from "./wording.js";

const RADIUS = 40;
const ROUND = 2 * Math.PI * RADIUS;

/** Draw shares of a whole as a ring; slices have a `name`, a `count` and a `tone`. */
export function ring(title, slices, noun) {
  const total = slices.reduce((sum, { count }) => sum + count, 0);
  let before = 0;
  const arcs = slices.map(({ count, tone }) => {
    const length = total ? (count / total) * ROUND : 0;
    const arc = drawn("circle", {
      class: `slice ${tone}`,
      cx: 60,
      cy: 60,
      r: RADIUS,
      "stroke-dasharray": `${length} ${ROUND - length}`,
      "stroke-dashoffset": -before,
      transform: "rotate(-90 60 60)",
    });
    before += length;
    return arc;
  });
  const says = slices.map(({ name, count }) => `${name}: ${number(count)}`).join(", ");
  return picture(title, says, "0 0 120 120", "ring", [
    drawn("circle", { class: "track", cx: 60, cy: 60, r: RADIUS }),
    arcs,
    drawn("text", { class: "total", x: 60, y: 60 }, number(total)),
    drawn("text", { class: "unit", x: 60, y: 75 }, counted(total, noun).split(" ").pop()),
  ]);
}

/** Draw counts as bars, longest first as they come. */
export function bars(title, rows) {
  const most = Math.max(1, ...rows.map(({ count }) => count));
  const lines = rows.map(({ name, count }, index) => [
    drawn("text", { class: "name", x: 0, y: index * 34 + 12 }, cut(name, 44)),
    drawn("rect", { class: "track", x: 0, y: index * 34 + 17, width: 250, height: 10, rx: 3 }),
    drawn("rect", {
      class: "bar",
      x: 0,
      y: index * 34 + 17,
      width: (count / most) * 250,
      height: 10,
      rx: 3,
    }),
    drawn("text", { class: "count", x: 258, y: index * 34 + 26 }, number(count)),
  ]);
  const says = rows.map(({ name, count }) => `${name}: ${number(count)}`).join(", ");
  return picture(title, says, `0 0 320 ${rows.length * 34}`, "bars", lines);
}

/** Draw the stages towards an end as marks on a line, and where *days* left stands among them. */
export function stages(title, marks, days) {
  const step = 300 / marks.length;
  const at = 10 + place(marks, days) * step;
  const dots = marks.map((mark, index) => {
    const x = 10 + (index + 1) * step;
    return [
      drawn("circle", { class: days <= mark ? "mark passed" : "mark", cx: x, cy: 26, r: 5 }),
      drawn("text", { class: "name", x, y: 46, "text-anchor": "middle" }, String(mark)),
    ];
  });
  const next = marks.find((mark) => days > mark);
  const says = `${counted(days, "day")} left. ${next === undefined ? "All stages have begun." : `The next stage begins ${next} days before the end.`}`;
  return picture(title, says, "0 0 320 52", "stages", [
    drawn("line", { class: "track", x1: 10, x2: 310, y1: 26, y2: 26 }),
    drawn("line", { class: "gone", x1: 10, x2: at, y1: 26, y2: 26 }),
    dots,
    drawn("path", { class: "now", d: `M${at} 20 l-6 -11 h12 z` }),
  ]);
}

/** Return where a number of days stands among falling marks, in steps between them. */
function place(marks, days) {
  const passed = marks.filter((mark) => days <= mark).length;
  if (passed === marks.length) return passed;
  const from = passed ? marks[passed - 1] : marks[0] * 2;
  const share = (from - Math.min(days, from)) / (from - marks[passed]);
  return passed + share * 0.9;
}

function picture(title, says, viewBox, kind, content) {
  const ids = [newId("title"), newId("says")];
  return drawn(
    "svg",
    {
      class: `chart ${kind}`,
      role: "img",
      viewBox,
      "aria-labelledby": ids[0],
      "aria-describedby": ids[1],
    },
    drawn("title", { id: ids[0] }, title),
    drawn("desc", { id: ids[1] }, says),
    content,
  );
}

function cut(text, length) {
  return text.length > length ? `${text.slice(0, length - 1)}…` : text;
}

/** Return a legend: the chart's numbers as a list. */
export function legend(slices) {
  const entries = slices.map(({ name, count, tone }) =>
    element(
      "li",
      {},
      element("span", { class: `swatch ${tone}`, "aria-hidden": "true" }),
      name,
      element("strong", {}, number(count)),
    ),
  );
  return element("ul", { class: "legend" }, entries);
}
