/** The inventory: how far a run is, and a new one. */

import { get, post } from "./api.js";
import { element, say, show } from "./dom.js";
import { until } from "./polling.js";
import { problem } from "./problems.js";
import { facts } from "./tables.js";
import { counted, lasting, named, number, stateBadge, time } from "./wording.js";

const ENDED = ["done", "abandoned"];

/** Return the last run, or the one under way, and the button for another. */
export async function inventory({ person, signal }) {
  const place = element("div", {});
  const parameters = { tenant_id: person.tenantId, action: "inventory", limit: 1 };
  const { operations } = await get("operations", parameters, signal);
  if (operations.length) follow(operations[0].operation_id, { place, person, signal });
  else show(place, element("p", {}, "No inventory has been taken yet."));
  return [place, person.may("Operator") ? syncing({ place, person, signal }) : null];
}

function syncing({ place, person, signal }) {
  const button = element("button", { type: "button" }, "Sync now");
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      const asked = { requested_by: person.name, scope: "full" };
      const parameters = { tenant_id: person.tenantId };
      const operation = await post("inventory/sync", asked, { parameters, signal });
      say("A run of the inventory has begun");
      await follow(operation.operation_id, { place, person, signal });
      say("The run of the inventory has ended");
    } catch (error) {
      show(place, problem(error));
    }
    button.disabled = false;
  });
  return element("p", {}, button);
}

async function follow(operationId, { place, person, signal }) {
  try {
    await until(async () => {
      const operation = await get(
        `operations/${operationId}`,
        { tenant_id: person.tenantId },
        signal,
      );
      show(place, run(operation));
      return ENDED.includes(operation.state);
    }, signal);
  } catch (error) {
    if (!signal.aborted) show(place, problem(error));
  }
}

function run(operation) {
  const { state, progress, history } = operation;
  return [
    element(
      "p",
      {},
      stateBadge(state),
      " ",
      time(operation.opened_at),
      ` by ${operation.asked_by || "the timer"}`,
    ),
    ENDED.includes(state) ? null : bar(progress),
    progress ? numbers(progress) : null,
    element("p", { class: "hint" }, history.at(-1)?.note ?? ""),
  ];
}

function bar(progress) {
  const { rows = 0, rows_before: before = null } = progress ?? {};
  const known = before ? { max: before, value: Math.min(rows, before) } : {};
  return element("progress", { ...known, "aria-label": "Progress of the inventory" });
}

function numbers(progress) {
  return facts([
    ["Scope", progress.scope],
    ["Part", named(progress.part)],
    ["Seen", counted(progress.rows, "row")],
    ["Changed", number(progress.changed)],
    ["Gone", number(progress.gone)],
    [
      "Speed",
      progress.rows_per_second
        ? `${number(Math.round(progress.rows_per_second))} rows a second`
        : null,
    ],
    ["Left", progress.seconds_left === null ? null : `about ${lasting(progress.seconds_left)}`],
    ["Outcome", progress.outcome ? named(progress.outcome) : null],
    ["Why", progress.why],
  ]);
}
