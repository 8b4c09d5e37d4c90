/** The authorities that a tenant trusts, and how long each has left. */

import { stages } from "./charts.js";
import { STAGES, toneOf } from "./certificate.js";
import { short, store } from "./changes.js";
import { element } from "./dom.js";
import { table } from "./tables.js";
import { addAuthority, removeAuthority, setAddresses, title } from "./trusting.js";
import { badge, counted, time } from "./wording.js";

/** Return the table, and the button that adds one. */
export function authorities({ authorities: trusted, problems }, context) {
  const mayChange = context.person.may("Operator");
  const isUnread = problems.pki_store || problems.classic_store;
  const changes = {
    name: "Change",
    value: () => "",
    cell: (each) => buttons(each, context),
  };
  return [
    table({
      caption: "Authorities",
      sorted: "left",
      rows: trusted,
      none: isUnread ? "None that could be read." : "None is trusted.",
      columns: [
        { name: "Authority", key: "name", value: title, cell: called },
        { name: "Kind", key: "kind", value: kind },
        { name: "Days left", key: "left", value: left, cell: remaining, kind: "drawn" },
        { name: "Revocation lists", value: () => "", cell: lists },
        ...(mayChange ? [changes] : []),
      ],
    }),
    mayChange ? button("Trust an authority …", "", () => addAuthority(context)) : null,
  ];
}

function called(authority) {
  return [
    element("strong", {}, title(authority)),
    authority.name ? element("span", { class: "says" }, authority.subject) : null,
    element("code", {}, short(authority.thumbprint)),
    authority.trouble
      ? element("span", { class: "says" }, badge("Unreadable", "bad"), ` ${authority.trouble}`)
      : null,
  ];
}

function kind({ is_root: isRoot, store: place }) {
  return `${isRoot ? "root" : "intermediate"}, ${store(place)}`;
}

function left({ days_left: days }) {
  return days ?? -Infinity;
}

function remaining(authority) {
  const { days_left: days, expires_at: end } = authority;
  if (days === null) return badge("Cannot be told", "bad");
  return [
    element(
      "strong",
      { class: toneOf(days) },
      days < 0 ? "Expired" : `${counted(days, "day")} left`,
    ),
    stages(`Stages before ${title(authority)} ends, in days`, STAGES, days),
    element("span", { class: "hint" }, "Ends ", time(end, { dayOnly: true })),
  ];
}

function lists({ crl_url: whole, delta_crl_url: delta }) {
  if (!whole) return badge("None", "warn");
  return [
    element("code", {}, whole),
    delta ? element("span", { class: "says" }, "Delta: ", element("code", {}, delta)) : null,
  ];
}

function buttons(authority, context) {
  const about = title(authority);
  return [
    button("Lists …", `Lists of ${about} …`, () => setAddresses(authority, context)),
    " ",
    button("Remove …", `Remove ${about} …`, () => removeAuthority(authority, context), "danger"),
  ];
}

function button(text, label, click, tone = "") {
  const attributes = { type: "button", class: tone, "aria-label": label || null, on: { click } };
  return element("button", attributes, text);
}
