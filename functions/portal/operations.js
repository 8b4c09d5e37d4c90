/** The operations, newest first: what was asked, by whom, what was decided, what came of it. */

import { get } from "./api.js";
import { target } from "./changes.js";
import { field } from "./dialogs.js";
import { element } from "./dom.js";
import { table } from "./tables.js";
import { named, stateBadge, time } from "./wording.js";

export const title = "Operations";

const PAGE = 50;
const STATES = ["waiting", "planned", "held", "done", "abandoned"];
const FILTERS = ["state", "asked_by", "mailbox", "device_id", "action"];

/** Return the view. */
export async function view({ person, parameters, signal }) {
  const asked = Object.fromEntries(FILTERS.map((name) => [name, parameters.get(name) ?? ""]));
  const after = parameters.get("after") ?? "";
  const page = await get(
    "operations",
    { ...asked, tenant_id: person.tenantId, limit: PAGE, after },
    signal,
  );
  return [
    element("h1", {}, title),
    filters(asked, person),
    listed(page.operations, person, "Operations"),
    paging(page.next, { asked, after, person }),
  ];
}

/** Return operations as a table. */
export function listed(operations, person, caption) {
  return table({
    caption,
    rows: operations,
    none: "No operation matches.",
    columns: [
      {
        name: "Begun",
        key: "at",
        value: (each) => each.opened_at,
        cell: (each) => time(each.opened_at),
      },
      {
        name: "Operation",
        key: "asked",
        value: (each) => named(each.asked),
        cell: (each) => link(each, person),
      },
      {
        name: "State",
        key: "state",
        value: (each) => each.state,
        cell: (each) => stateBadge(each.state),
      },
      { name: "About", key: "about", value: about },
      { name: "Asked by", key: "by", value: (each) => each.asked_by },
      { name: "Why", value: lastWord },
    ],
  });
}

/** Return what an operation is about, in a few words. */
export function about({ mailbox, device_id: device, change }) {
  return [device, mailbox, change ? target(change) : ""].filter(Boolean).join(", ");
}

function link(each, person) {
  return element("a", { href: person.link("operations", each.operation_id) }, named(each.asked));
}

function lastWord({ decision, hold, state, history }) {
  if (state === "held" && hold) return hold.says;
  return state === "done" && decision ? decision.reason : (history?.at(-1)?.note ?? "");
}

function filters(asked, person) {
  const options = STATES.map((state) =>
    element("option", { value: state, selected: state === asked.state }, named(state)),
  );
  const input = (name) =>
    element("input", { type: "search", name, value: asked[name], maxlength: 320 });
  const apply = (event) => {
    event.preventDefault();
    go(person, Object.fromEntries(new FormData(event.target)));
  };
  return element(
    "form",
    { class: "filters", role: "search", on: { submit: apply } },
    field(
      "State",
      element("select", { name: "state" }, element("option", { value: "" }, "Any"), options),
    ),
    field("Asked by", input("asked_by")),
    field("Mailbox", input("mailbox")),
    field("Device ID", input("device_id")),
    element(
      "p",
      { class: "buttons" },
      element("button", { type: "submit", class: "first" }, "Filter"),
      element("a", { href: person.link("operations") }, "Clear filters"),
    ),
  );
}

function paging(next, { asked, after, person }) {
  const to = (name, more) =>
    element(
      "button",
      { type: "button", on: { click: () => go(person, { ...asked, ...more }) } },
      name,
    );
  return element(
    "nav",
    { class: "buttons", "aria-label": "Pages of operations" },
    after ? to("Newest", {}) : null,
    next ? to("Older", { after: next }) : null,
  );
}

function go(person, asked) {
  const [path, query] = person.link("operations").split("?");
  const parameters = new URLSearchParams(query);
  for (const [name, value] of Object.entries(asked)) if (value) parameters.set(name, value);
  location.hash = `${path}?${parameters}`;
}
