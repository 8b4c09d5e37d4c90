/** An order: what it needs, what it would do, then the word that it be done. */

import { post } from "./api.js";
import { ask, field } from "./dialogs.js";
import { element, say } from "./dom.js";
import { isSteps, steps } from "./offboarding.js";
import { table } from "./tables.js";
import { accessBadge, badge, named, sentence } from "./wording.js";

const DANGEROUS = [
  "wipe_account",
  "wipe_device",
  "remove",
  "remove_trusted_ca",
  "offboard_device",
];
const MIND = "; mind: "; // what a change brings about beside what it says

/**
 * Ask what an order needs, show its plan, let it be confirmed; then the operation is shown.
 *
 * *fields* returns the order's own fields, or a promise of them, once the form is filled in.
 */
export async function ordered(action, { title, content = [], more = [], fields }, { person }) {
  const reason = element("input", {
    name: "reason",
    required: true,
    maxlength: 300,
    autocomplete: "off",
  });
  const asked = await ask({
    title,
    content: [
      content,
      field("Reason", reason, "It is kept with the operation, for whoever asks later."),
      more,
    ],
    confirm: "Show what would be done",
    doing: async () => {
      const about = { reason: reason.value.trim(), requested_by: person.name };
      const command = { ...commandOf(action, person), ...(await fields()), ...about };
      const plan = await post("commands", { ...command, plan: true });
      return { command, plan };
    },
  });
  const operation = asked && (await confirmed(asked));
  if (!operation) return;
  say(`${named(action)} is ordered`);
  location.hash = person.link("operations", operation.operation_id);
}

/** Whether an action takes something away that does not come back by itself. */
export function isDangerous(action) {
  return DANGEROUS.includes(action);
}

function commandOf(action, person) {
  return {
    schema: "easgate.command.v1",
    command_id: crypto.randomUUID(),
    tenant_id: person.tenantId,
    action,
  };
}

/** Show the plan; what is ordered rests on exactly that plan. */
function confirmed({ command, plan }) {
  return ask({
    title: plan.cannot ? "This cannot be done" : "This would be done",
    content: planned(plan),
    confirm: plan.cannot ? null : confirmation(command.action, plan),
    tone: isDangerous(command.action) ? "danger" : "first",
    doing: () => post("commands", { ...command, plan_hash: plan.plan_hash }),
  });
}

function confirmation(action, plan) {
  return isHeld(plan) ? `Ask for approval: ${named(action)}` : named(action);
}

/** Show a plan in words, and as a table where it is about devices. */
function planned(plan) {
  const changes = plan.would.filter(({ target }) => target);
  const devices = plan.would.filter(({ target }) => !target);
  const isDevices = devices.length > 0 || (!changes.length && !plan.cannot);
  return [
    plan.cannot ? element("p", {}, badge("Refused", "bad"), ` ${sentence(plan.cannot)}.`) : null,
    isHeld(plan) ? held(plan) : null,
    changes.map(change),
    isDevices ? onDevices(devices) : null,
  ];
}

function isHeld(plan) {
  return plan.needs_approval || plan.over_budget;
}

function held({ over_budget: overBudget, held_because: because }) {
  const name = overBudget ? named(overBudget) : "Four eyes";
  const why = because ? `${sentence(because)}. ` : "";
  const next = "It waits until somebody else, with the role Approver, approves it.";
  return element("p", { class: "notice" }, badge(name, "warn"), ` ${why}${next}`);
}

/** Show a change that is not about one device: what it does, and what to mind. */
function change({ target, action, reason, before }) {
  const [says, ...minded] = reason.split(MIND);
  return [
    element("p", {}, element("strong", {}, sentence(target)), `: ${says}.`),
    action ? null : element("p", { class: "none" }, "Nothing: it is so already."),
    minded.map((each) =>
      element("p", { class: "notice" }, badge("Mind", "warn"), ` ${sentence(each)}.`),
    ),
    isSteps(before?.steps) ? steps("What would be done", before.steps) : null,
  ];
}

function onDevices(rows) {
  return table({
    caption: "What would be done",
    none: "Nothing: it is so already.",
    rows,
    columns: [
      { name: "Mailbox", value: (row) => row.mailbox },
      { name: "Device", value: (row) => row.device_id },
      { name: "Action", value: (row) => (row.action ? named(row.action) : "nothing") },
      {
        name: "Now",
        value: () => "",
        cell: (row) => (row.before?.access ? accessBadge(row.before.access) : "–"),
      },
      { name: "Why", value: (row) => row.reason },
    ],
  });
}
