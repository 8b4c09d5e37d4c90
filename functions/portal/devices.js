/** The devices as the inventory last saw them: filtered, sorted, some at a time. */

import { get } from "./api.js";
import { field } from "./dialogs.js";
import { element, say, show } from "./dom.js";
import { problem } from "./problems.js";
import { table } from "./tables.js";
import { accessBadge, counted, named, time } from "./wording.js";

export const title = "Devices";

const PAGE = 50;
const STATES = ["Allowed", "Blocked", "Quarantined", "DeviceDiscovery", "Unknown"];
const ASKED = ["q", "mailbox", "access", "sort"];

/** Return the view. */
export async function view({ person, parameters, signal }) {
  const asked = Object.fromEntries(ASKED.map((name) => [name, parameters.get(name) ?? ""]));
  const place = element("div", {});
  const load = async (after = "") => {
    const wanted = { ...asked, tenant_id: person.tenantId, limit: PAGE, after };
    const page = await get("devices", wanted, signal);
    show(place, shown(page, { asked, after, person, sort }));
  };
  const sort = async (by) => {
    asked.sort = by;
    history.replaceState(null, "", addressOf(person, asked));
    try {
      await load();
      const button = place.querySelector("[aria-sort] button");
      button?.focus();
      say(`Sorted by ${button?.textContent}`);
    } catch (error) {
      if (!signal.aborted) show(place, problem(error, { again: () => sort(by) }));
    }
  };
  await load(parameters.get("after") ?? "");
  return [element("h1", {}, title), filters(asked, person), place];
}

function shown(page, { asked, after, person, sort }) {
  return [
    element(
      "p",
      { class: "hint" },
      counted(page.devices.length, "device"),
      " on this page, as seen ",
      time(page.as_of),
    ),
    listed(page.devices, { asked, person, sort }),
    paging(page.next, { asked, after, person }),
  ];
}

function filters(asked, person) {
  const text = element("input", { type: "search", name: "q", value: asked.q, maxlength: 320 });
  const mailbox = element("input", {
    type: "search",
    name: "mailbox",
    value: asked.mailbox,
    maxlength: 320,
  });
  const options = STATES.map((state) =>
    element("option", { value: state, selected: state === asked.access }, named(state)),
  );
  const access = element(
    "select",
    { name: "access" },
    element("option", { value: "" }, "Any"),
    options,
  );
  const apply = (event) => {
    event.preventDefault();
    go(person, { ...Object.fromEntries(new FormData(event.target)), sort: asked.sort });
  };
  return element(
    "form",
    { class: "filters", role: "search", on: { submit: apply } },
    field("Device or mailbox contains", text),
    field("Mailbox is", mailbox),
    field("Access", access),
    element(
      "p",
      { class: "buttons" },
      element("button", { type: "submit", class: "first" }, "Filter"),
      element("a", { href: person.link("devices") }, "Clear filters"),
    ),
  );
}

function listed(devices, { asked, person, sort }) {
  return table({
    caption: "Devices",
    sorted: asked.sort,
    sort, // all of them, not just this page
    rows: devices,
    none: "No device matches. Change the filters.",
    columns: [
      { name: "Device", key: "device_id", value: nameOf, cell: (device) => name(device, person) },
      { name: "Mailbox", key: "mailbox", value: (device) => device.mailbox },
      {
        name: "Access",
        key: "access",
        value: (device) => device.access,
        cell: (device) => accessBadge(device.access),
      },
      { name: "Reason", value: (device) => device.access_reason },
      { name: "Model", key: "model", value: (device) => device.model || device.device_type },
      { name: "System", key: "os", value: (device) => device.os },
      {
        name: "First sync",
        key: "first_sync",
        value: (device) => device.first_sync_at,
        cell: (device) => time(device.first_sync_at, { dayOnly: true }),
      },
      { name: "Why", value: () => "", cell: (device) => why(device, person) },
    ],
  });
}

function nameOf(device) {
  return device.name || device.device_id;
}

function name(device, person) {
  return [
    element("a", { href: person.link("devices", device.guid) }, nameOf(device)),
    device.name ? element("span", { class: "says" }, device.device_id) : null,
  ];
}

function why(device, person) {
  const label = `Why ${nameOf(device)} is ${named(device.access).toLowerCase()}`;
  return element("a", { href: person.link("devices", device.guid), "aria-label": label }, "Why");
}

function paging(next, { asked, after, person }) {
  const first = after
    ? element("button", { type: "button", on: { click: () => go(person, asked) } }, "First page")
    : null;
  const follow = () => go(person, { ...asked, after: next });
  const more = next
    ? element("button", { type: "button", on: { click: follow } }, "Next page")
    : null;
  return element("nav", { class: "buttons", "aria-label": "Pages of devices" }, first, more);
}

function go(person, asked) {
  location.hash = addressOf(person, asked);
}

function addressOf(person, asked) {
  const [path, query] = person.link("devices").split("?");
  const parameters = new URLSearchParams(query);
  for (const [name, value] of Object.entries(asked)) if (value) parameters.set(name, value);
  return `${path}?${parameters}`;
}
