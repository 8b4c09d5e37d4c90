/** An order for a device: first what it would do, then the word that it be done. */

import { post } from "./api.js";
import { ask, field } from "./dialogs.js";
import { element, say } from "./dom.js";
import { table } from "./tables.js";
import { ACTIONS, accessBadge, badge, named, sentence } from "./wording.js";

/** Ask why, show the plan, let it be confirmed; then the operation is shown. */
export async function order(action, device, { person }) {
  const command = await asked(action, device, person);
  if (!command) return;
  const operation = await confirmed(command);
  if (!operation) return;
  say(`${named(action)} is ordered`);
  location.hash = person.link("operations", operation.operation_id);
}

/** Ask for the reason; returns the command and its plan. */
function asked(action, device, person) {
  const [name, says] = ACTIONS[action];
  const reason = element("input", {
    name: "reason",
    required: true,
    maxlength: 300,
    autocomplete: "off",
  });
  const personal = element("input", { type: "checkbox", name: "personal" });
  return ask({
    title: `${name}: ${device.name || device.device_id}`,
    content: [
      element("p", {}, says),
      field("Reason", reason, "It is kept with the operation, for whoever asks later."),
      action === "wipe_device" ? field("Even if the device is personal", personal) : null,
    ],
    confirm: "Show what would be done",
    doing: async () => {
      const command = commandOf(action, device, { person, reason: reason.value.trim() });
      if (personal.checked) command.even_if_personal = true;
      const plan = await post("commands", { ...command, plan: true });
      return { command, plan };
    },
  });
}

function commandOf(action, device, { person, reason }) {
  return {
    schema: "easgate.command.v1",
    command_id: crypto.randomUUID(),
    tenant_id: person.tenantId,
    action,
    mailbox: device.mailbox,
    device_id: device.device_id,
    reason,
    requested_by: person.name,
  };
}

/** Show the plan; what is ordered rests on exactly that plan. */
function confirmed({ command, plan }) {
  const isDanger = ["wipe_account", "wipe_device", "remove"].includes(command.action);
  return ask({
    title: plan.cannot ? "This cannot be done" : "This would be done",
    content: planned(plan),
    confirm: plan.cannot ? null : confirmation(command.action, plan),
    tone: isDanger ? "danger" : "first",
    doing: () => post("commands", { ...command, plan_hash: plan.plan_hash }),
  });
}

function confirmation(action, plan) {
  return plan.needs_approval || plan.over_budget
    ? `Ask for approval: ${named(action)}`
    : named(action);
}

/** Show a plan in words and as a table. */
function planned(plan) {
  return [
    plan.cannot ? element("p", {}, badge("Refused", "bad"), ` ${sentence(plan.cannot)}.`) : null,
    isHeld(plan) ? held(plan) : null,
    plan.would.length || !plan.cannot ? would(plan.would) : null,
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

function would(rows) {
  return table({
    caption: "What would be done",
    none: "Nothing: it is so already.",
    rows,
    columns: [
      { name: "Mailbox", value: (row) => row.mailbox },
      { name: "Device", value: (row) => row.device_id || row.target },
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
