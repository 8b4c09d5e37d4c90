/** One device: what it is, why it gets mail or not, what was done about it, what can be done. */

import { get } from "./api.js";
import { element, show } from "./dom.js";
import * as losing from "./lost.js";
import { listed } from "./operations.js";
import { order } from "./order.js";
import { isDangerous } from "./ordering.js";
import { problem } from "./problems.js";
import { facts } from "./tables.js";
import { ACTIONS, accessBadge, badge, named, sentence, time } from "./wording.js";

export const title = "Device";

const REACHES = {
  device: "this device only",
  mailbox: "the whole mailbox",
  kind: "every device that the rule matches",
  tenant: "the whole tenant",
};

/** Return the view. */
export async function view(context) {
  const { person, parts, signal } = context;
  const parameters = { tenant_id: person.tenantId };
  const known = await get(`devices/${encodeURIComponent(parts[0])}`, parameters, signal);
  const { device } = known;
  document.title = `${device.name || device.device_id} · easgate`;
  return [
    element("h1", {}, device.name || device.device_id),
    element(
      "p",
      {},
      accessBadge(device.access),
      " for ",
      element("strong", {}, device.mailbox),
      ", as seen ",
      time(known.as_of),
    ),
    actions(known, context),
    element(
      "div",
      { class: "cards" },
      late("Why", context, () => why(parts[0], parameters, signal)),
      element("section", { class: "card" }, element("h2", {}, "What is known"), particulars(known)),
      late("What was done", context, () => past(known, person, signal), { wide: true }),
    ),
  ];
}

function late(heading, { signal }, load, { wide = false } = {}) {
  const body = element("div", {}, element("p", { class: "loading" }, "Loading …"));
  load().then(
    (content) => show(body, content),
    (error) => signal.aborted || show(body, problem(error)),
  );
  return element(
    "section",
    { class: wide ? "card wide" : "card" },
    element("h2", {}, heading),
    body,
  );
}

async function why(guid, parameters, signal) {
  const told = await get(`devices/${encodeURIComponent(guid)}/explanation`, parameters, signal);
  const steps = told.steps.map((step) =>
    element(
      "li",
      { class: step.finding === "decides" && "decides" },
      element("strong", {}, named(step.layer)),
      ": ",
      step.says,
    ),
  );
  return [
    element(
      "p",
      {},
      told.gets_mail ? badge("Gets mail", "good") : badge("Gets no mail", "bad"),
      ` decided by: ${named(told.layer).toLowerCase()}`,
    ),
    element(
      "p",
      {},
      sentence(told.expected.says ?? ""),
      ` (Exchange shows ${told.shown.state}, ${told.shown.reason || "no reason"}; this is ${told.certainty})`,
    ),
    Object.values(told.doubts).map((doubt) => element("p", { class: "hint" }, `Doubt: ${doubt}`)),
    element("h3", {}, "Asked in Exchange's order"),
    element("ol", { class: "layers" }, steps),
    element("h3", {}, "What would change it"),
    told.remedies.length
      ? element("ul", {}, told.remedies.map(remedy))
      : element("p", {}, "Nothing that is known."),
  ];
}

function remedy({ says, reach, then, gets_mail: getsMail }) {
  const effect = `then ${named(then).toLowerCase()}, ${getsMail ? "gets mail" : "gets no mail"}`;
  return element("li", {}, `${sentence(says)}: ${effect} (concerns ${REACHES[reach] ?? reach})`);
}

function particulars({ device, mailbox, reported, ordered }) {
  return facts([
    ["Device ID", element("code", {}, device.device_id)],
    ["Kind", [device.device_type, device.model].filter(Boolean).join(", ")],
    ["System", device.os],
    [
      "Client",
      [device.client_type, device.client_version, device.user_agent].filter(Boolean).join(", "),
    ],
    ["IMEI", device.imei],
    ["Reason", device.access_reason],
    ["Rule", device.rule],
    ["First sync", time(device.first_sync_at, { none: "not known" })],
    ["Allowed list", listing(device.on_allowed_list)],
    ["Blocked list", listing(device.on_blocked_list)],
    ["Mailbox policy", mailbox?.policy],
    [
      "MDM's last word",
      reported
        ? [`${reported.posture}, by ${reported.sender}, `, time(reported.occurred_at)]
        : "none",
    ],
    [
      "Last order",
      ordered ? [`${ordered.action}: ${ordered.why}, `, time(ordered.given_at)] : "none",
    ],
  ]);
}

function listing(isOn) {
  if (isOn === null) return "not known";
  return isOn ? "on it" : "not on it";
}

async function past({ device }, person, signal) {
  const parameters = {
    tenant_id: person.tenantId,
    device_id: device.device_id,
    mailbox: device.mailbox,
    limit: 20,
  };
  const { operations } = await get("operations", parameters, signal);
  return listed(operations, person, "Operations on this device");
}

function actions({ device }, context) {
  if (!context.person.may("Operator")) {
    return element("p", { class: "hint" }, "To change anything you need the role Operator.");
  }
  const buttons = Object.entries(ACTIONS).map(([action, [name]]) =>
    button(name, action, () => order(action, device, context)),
  );
  const lost = button("Lost or stolen", losing.ACTION, () => losing.lost(device, context));
  const group = { class: "buttons", role: "group", "aria-label": "Actions" };
  return element("div", group, buttons, lost);
}

function button(name, action, click) {
  const tone = isDangerous(action) ? "danger" : "";
  return element("button", { type: "button", class: tone, on: { click } }, `${name} …`);
}
