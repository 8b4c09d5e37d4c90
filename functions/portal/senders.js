/** The MDMs that are listened to, and what they send that nobody knows. */

import { get } from "./api.js";
import { element } from "./dom.js";
import { table } from "./tables.js";
import { badge, time } from "./wording.js";

export const title = "Senders";

/** Return the view. */
export async function view({ person, signal }) {
  const { senders } = await get("senders", { tenant_id: person.tenantId }, signal);
  return [
    element("h1", {}, title),
    table({
      caption: "Senders",
      none: "No MDM is listened to.",
      rows: senders,
      sorted: "name",
      columns: [
        { name: "Name", key: "name", value: (each) => each.name },
        { name: "Vendor", key: "vendor", value: (each) => each.vendor },
        { name: "Trust", key: "trust", value: (each) => trust(each.trust) },
        { name: "State", key: "retired", value: (each) => String(each.retired), cell: state },
        {
          name: "Unknown kinds of event",
          key: "unknown",
          value: (each) => each.unknown_events.length,
          kind: "number",
        },
      ],
    }),
    unknown(senders),
  ];
}

function trust(level) {
  return level === "full" ? "may tighten and loosen" : "may only tighten";
}

function state({ retired }) {
  return retired ? badge("Retired", "quiet") : badge("Listened to", "good");
}

function unknown(senders) {
  const rows = senders.flatMap(({ name, unknown_events: events }) =>
    events.map((event) => ({ name, ...event })),
  );
  if (!rows.length) return null;
  return table({
    caption: "Events that nobody knows",
    rows,
    columns: [
      { name: "Sender", key: "name", value: (row) => row.name },
      { name: "Kind", key: "kind", value: (row) => row.kind },
      { name: "Times", key: "count", value: (row) => row.count, kind: "number" },
      { name: "Last", key: "last", value: (row) => row.last_at, cell: (row) => time(row.last_at) },
    ],
  });
}
