/** What waits for a person: orders to approve or refuse, reports on devices nobody recognised. */

import { get } from "./api.js";
import { told } from "./changes.js";
import { choices } from "./deciding.js";
import { element } from "./dom.js";
import { said } from "./linking.js";
import { about } from "./operations.js";
import { releases } from "./releasing.js";
import { facts } from "./tables.js";
import { accessBadge, badge, counted, named, sentence, time } from "./wording.js";

export const title = "Waiting for a person";

const PAGE = 50;

/** Return the view. */
export async function view(context) {
  const { person, parameters, signal } = context;
  const after = parameters.get("after") ?? "";
  const asked = { tenant_id: person.tenantId, state: "held", limit: PAGE, after };
  const { operations, next } = await get("operations", asked, signal);
  const toApprove = operations.filter(({ hold }) => hold);
  const toRecognise = operations.filter(({ hold }) => !hold);
  return [
    element("h1", {}, title),
    person.may("Approver")
      ? null
      : element("p", { class: "hint" }, "To approve or refuse you need the role Approver."),
    section(
      "To approve or refuse",
      toApprove,
      (each) => order(each, context),
      releases(toApprove, context),
    ),
    section("To recognise", toRecognise, (each) => report(each, context)),
    next ? element("p", {}, element("a", { href: more(person, next) }, "More that waits")) : null,
  ];
}

function section(heading, operations, card, before = null) {
  const cards = element("div", { class: "cards" }, operations.map(card));
  return element(
    "section",
    {},
    element("h2", {}, heading),
    before,
    operations.length
      ? [element("p", { class: "hint" }, counted(operations.length, "operation")), cards]
      : element("p", { class: "none" }, "Nothing waits."),
  );
}

function order(operation, context) {
  const { hold, decision, before, change, altered } = operation;
  return card(operation, context, [
    ["Held because", [badge(named(hold.reason), "warn"), " ", sentence(hold.says)]],
    ["Held since", time(hold.since)],
    ["Asked by", operation.asked_by],
    ["Asked", told(change)],
    ["Ordered", decision ? null : operation.history.at(0)?.note],
    [
      "Would do",
      decision ? [named(decision.action ?? "nothing"), `: ${decision.reason}`] : altered?.says,
    ],
    ["Access now", before ? accessBadge(before.access) : null],
    ["Even if personal", operation.even_if_personal ? "yes" : null],
  ]);
}

function report(operation, context) {
  return card(operation, context, [
    ["Reported", named(operation.asked)],
    ["By", operation.asked_by],
    ["Since", time(operation.opened_at)],
    ...said(operation.subject ?? {}),
    ["May be", counted(operation.candidates.length, "device")],
  ]);
}

function card(operation, context, rows) {
  const { person } = context;
  const address = person.link("operations", operation.operation_id);
  return element(
    "article",
    { class: "card" },
    element(
      "h3",
      {},
      element("a", { href: address }, `${named(operation.asked)} ${about(operation)}`),
    ),
    facts(rows),
    choices(operation, context),
  );
}

function more(person, next) {
  const address = person.link("held");
  return `${address}${address.includes("?") ? "&" : "?"}after=${encodeURIComponent(next)}`;
}
