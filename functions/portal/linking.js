/** A report on a device that nobody recognised: a person says which device it is. */

import { post } from "./api.js";
import { ask } from "./dialogs.js";
import { element, newId, say } from "./dom.js";
import { facts } from "./tables.js";
import { named } from "./wording.js";

/** Ask which of the candidates the report is about; several may be one device, or none. */
export async function link(operation, { tag, again, person }) {
  const boxes = operation.candidates.map(candidate);
  const done = await ask({
    title: "Which device is it?",
    content: [
      facts(said(operation.subject ?? {})),
      element(
        "fieldset",
        {},
        element("legend", {}, "It is"),
        boxes.map(({ row }) => row),
      ),
      element(
        "p",
        { class: "hint" },
        "Tick none if Exchange has no such device: the report is then put aside.",
      ),
    ],
    confirm: "That is it",
    doing: () => {
      const links = boxes.filter(({ box }) => box.checked).map(({ value }) => value);
      const body = { requested_by: person.name, links };
      const parameters = { tenant_id: operation.tenant_id };
      return post(`operations/${operation.operation_id}/link`, body, { parameters, tag });
    },
  });
  if (!done) return;
  say("The report goes on");
  again();
}

/** Return what a sender said about a device, as far as it is said. */
export function said(subject) {
  return Object.entries(subject)
    .filter(([, value]) => typeof value === "string" && value)
    .map(([name, value]) => [named(name), value]);
}

function candidate({ mailbox, device_id: deviceId, model, os, name }) {
  const id = newId("candidate");
  const box = element("input", { type: "checkbox", id });
  const text = [name, deviceId, model, os].filter(Boolean).join(", ");
  const row = element("p", {}, box, element("label", { for: id }, ` ${text}, of ${mailbox}`));
  return { box, row, value: { mailbox, device_id: deviceId } };
}
