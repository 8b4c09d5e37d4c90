/** At a glance: the certificate, the devices by access state, what waits, the inventory, the services. */

import { get } from "./api.js";
import { certificates } from "./certificate.js";
import { legend, ring } from "./charts.js";
import { element, show } from "./dom.js";
import { inventory } from "./inventory.js";
import { problem } from "./problems.js";
import { facts, table } from "./tables.js";
import { badge, counted, named, time, toneOf } from "./wording.js";

export const title = "Overview";

/** Return the view; its cards fill as their answers come. */
export function view(context) {
  const cards = [
    card("Certificate", context, certificates),
    card("Devices by access", context, access),
    card("Waiting for a person", context, waiting),
    card("Inventory", context, inventory),
    card("Services", context, services),
    card("Exchange", context, pace),
  ];
  return [element("h1", {}, title), element("div", { class: "cards packed" }, cards)];
}

function card(heading, context, fill) {
  const body = element(
    "div",
    { "aria-busy": "true" },
    element("p", { class: "loading" }, "Loading …"),
  );
  const load = async () => {
    try {
      show(body, await fill(context));
    } catch (error) {
      if (!context.signal.aborted) show(body, problem(error, { again: load }));
    }
    body.removeAttribute("aria-busy");
  };
  load();
  return element("section", { class: "card" }, element("h2", {}, heading), body);
}

async function access({ person, signal }) {
  const parameters = { tenant_id: person.tenantId };
  const report = await get("reports/access_states", parameters, signal);
  const slices = byAccess(report.rows);
  const rows = report.rows.map(([state, reason, count]) => ({ state, reason, count }));
  return [
    element(
      "div",
      { class: "beside" },
      ring("Devices by access", slices, "device"),
      legend(slices),
    ),
    element(
      "details",
      {},
      element("summary", {}, "As a table, with Exchange's reasons"),
      table({
        caption: "Devices by access and reason",
        columns: [
          { name: "Access", key: "state", value: (row) => named(row.state) },
          { name: "Reason", key: "reason", value: (row) => row.reason },
          { name: "Devices", key: "count", value: (row) => row.count, kind: "number" },
        ],
        rows,
      }),
    ),
    element("p", { class: "hint" }, "As the inventory saw them: ", time(report.as_of)),
    element("p", {}, element("a", { href: person.link("devices") }, "Look at the devices")),
  ];
}

function byAccess(rows) {
  const counts = new Map();
  for (const [state, , count] of rows) counts.set(state, (counts.get(state) ?? 0) + count);
  return [...counts].map(([state, count]) => ({ name: named(state), count, tone: toneOf(state) }));
}

async function waiting({ person, signal }) {
  const parameters = { tenant_id: person.tenantId, state: "held", limit: 100 };
  const { operations, next } = await get("operations", parameters, signal);
  const link = element("a", { href: person.link("held") }, "Look at what waits");
  if (!operations.length) return element("p", {}, badge("Nothing waits", "good"));
  const toApprove = operations.filter(({ hold }) => hold).length;
  const toRecognise = operations.length - toApprove;
  return [
    element("p", { class: "big" }, counted(operations.length, "operation"), next ? " or more" : ""),
    element(
      "ul",
      {},
      toApprove ? element("li", {}, `${counted(toApprove, "order")} to approve or refuse`) : null,
      toRecognise
        ? element("li", {}, `${counted(toRecognise, "report")} on devices nobody recognised`)
        : null,
    ),
    element("p", {}, link),
  ];
}

async function services({ person, signal }) {
  const { status, dependencies } = await get("health/dependencies", {}, signal).catch(notReady);
  const entries = Object.entries(dependencies ?? {}).map(([name, state]) =>
    element(
      "li",
      {},
      named(person.spelt(name)),
      " ",
      state === "ok" ? badge("Answers", "good") : [badge("Trouble", "bad"), " ", state],
    ),
  );
  return [
    element(
      "p",
      {},
      status === "ready"
        ? badge("Everything answers", "good")
        : badge("Not everything answers", "bad"),
    ),
    element("ul", { class: "plain" }, entries),
  ];
}

async function pace({ person, signal }) {
  const { tenants, problems } = await get("throttle", { tenant_id: person.tenantId }, signal);
  const trouble = Object.values(problems).map((why) =>
    element("p", {}, badge("Cannot be told", "bad"), " ", why),
  );
  const paces = tenants.map((each) => [
    element(
      "p",
      { class: "big" },
      each.workers ? `${each.calls_per_second} calls a second` : "Nobody asks it now",
    ),
    facts([
      ["At once", each.at_once],
      ["Workers that ask it", each.workers],
      ["Changes a second at most", each.destructive_per_second],
      ["Where learning begins", `${each.starts_at} calls a second`],
      ["Held back", each.workers ? held(each) : null],
    ]),
  ]);
  return [trouble, paces];
}

/** Exchange has refused calls if the pace learnt since is below where learning began. */
function held({ calls_per_second: now, starts_at: first }) {
  return now < first
    ? badge("Exchange asked us to slow down", "warn")
    : badge("Exchange bears it", "good");
}

/** That a service is in trouble is an answer too, not an error of the page. */
function notReady(error) {
  if (error.body?.dependencies) return error.body;
  throw error;
}
