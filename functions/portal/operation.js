/** One operation: its history as a timeline, and what can be done about it. */

import { look } from "./api.js";
import { told } from "./changes.js";
import { choices } from "./deciding.js";
import { element, say, show } from "./dom.js";
import { isReport, report } from "./offboarding.js";
import { until } from "./polling.js";
import { problem } from "./problems.js";
import { facts } from "./tables.js";
import { accessBadge, badge, named, sentence, stateBadge, time } from "./wording.js";

export const title = "Operation";

const FINISHED = ["done", "abandoned"];

/** Return the view; it follows the operation until that is finished. */
export async function view(context) {
  const { parts, person, signal } = context;
  const route = `operations/${encodeURIComponent(parts[0])}`;
  const place = element("div", {});
  let seen = await look(route, { tenant_id: person.tenantId }, signal);
  show(place, shown(seen, context));
  const again = async () => {
    const now = await look(route, { tenant_id: person.tenantId }, signal);
    if (now.tag !== seen.tag || isOther(now.body, seen.body)) {
      seen = now;
      const hadFocus = place.contains(document.activeElement);
      show(place, shown(now, context));
      if (hadFocus) document.getElementById("main").focus();
      say(`Now ${named(now.body.state).toLowerCase()}`);
    }
    return FINISHED.includes(now.body.state);
  };
  follow(again, seen, { place, signal });
  return place;
}

async function follow(again, seen, { place, signal }) {
  if (FINISHED.includes(seen.body.state)) return;
  try {
    await until(again, signal);
  } catch (error) {
    if (!signal.aborted) place.append(problem(error));
  }
}

function isOther(now, before) {
  return now.state !== before.state || now.history.length !== before.history.length;
}

function shown({ body: operation, tag }, context) {
  return [
    element("h1", {}, named(operation.asked)),
    element("p", {}, stateBadge(operation.state), " ", summary(operation)),
    held(operation, context.person),
    choices(operation, { ...context, tag }),
    element(
      "div",
      { class: "cards" },
      element("section", { class: "card" }, element("h2", {}, "History"), timeline(operation)),
      element(
        "section",
        { class: "card" },
        element("h2", {}, "What it is"),
        particulars(operation, context.person),
      ),
      stepwise(operation),
    ),
  ];
}

function summary({ decision, history }) {
  return decision?.reason ?? history.at(-1)?.note ?? "";
}

function held({ state, hold }, person) {
  if (state !== "held" || !hold) return null;
  return element(
    "p",
    { class: "notice" },
    badge(named(hold.reason), "warn"),
    ` ${sentence(hold.says)}. Held since `,
    time(hold.since),
    person.may("Approver") ? "." : ". Somebody with the role Approver must decide.",
  );
}

/** Return the history, oldest first. */
function timeline({ history }) {
  const entries = history.map(({ at, state, note }) =>
    element("li", {}, time(at), " ", stateBadge(state), element("span", { class: "says" }, note)),
  );
  return element("ol", { class: "timeline" }, entries);
}

function particulars(operation, person) {
  const { before, after, approval, refusal, altered } = operation;
  const { undoes, undone_by: undoneBy } = operation;
  return facts([
    ["Asked by", operation.asked_by],
    ["Begun", time(operation.opened_at)],
    ["Mailbox", operation.mailbox],
    ["Device", deviceOf(operation, person)],
    ["Decided", operation.decision ? named(operation.decision.action ?? "nothing to do") : null],
    ["Access before", before ? accessBadge(before.access) : null],
    ["Access after", after ? accessBadge(after.access) : null],
    ["Asked", told(operation.change)],
    ["What it did", altered?.says],
    ["Approved", approval ? decidedBy(approval) : null],
    ["Refused", refusal ? decidedBy(refusal) : null],
    ["Takes back", undoes ? operationLink(undoes, person) : null],
    ["Taken back by", undoneBy ? operationLink(undoneBy, person) : null],
    ["Wipe confirmed", operation.acknowledged_at ? time(operation.acknowledged_at) : null],
    ["Passed on to", passedOn(operation, person)],
    ["Operation", element("code", {}, operation.operation_id)],
  ]);
}

function deviceOf({ device_id: device, before, after }, person) {
  const guid = (after ?? before)?.guid;
  return guid ? element("a", { href: person.link("devices", guid) }, device) : device;
}

function passedOn({ signal_ids: ids }, person) {
  if (!ids?.length) return null;
  return ids.map((id) => operationLink(id, person));
}

function decidedBy({ name, at, note }) {
  return [`by ${name}, `, time(at), note ? `: ${note}` : ""];
}

function operationLink(id, person) {
  return element("a", { class: "says", href: person.link("operations", id) }, id);
}

/** Return what came of each step of an order that has several; null for all others. */
function stepwise({ altered }) {
  if (!isReport(altered?.after)) return null;
  const heading = element("h2", {}, "What came of each step");
  return element("section", { class: "card wide" }, heading, report(altered.after));
}
