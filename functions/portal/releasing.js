/** Many orders held for one reason: approved in one go. */

import { post } from "./api.js";
import { ask, field } from "./dialogs.js";
import { element, say } from "./dom.js";
import { counted, named } from "./wording.js";

/** Return a button for each reason and asker that several of *held* share. */
export function releases(held, context) {
  if (!context.person.may("Approver")) return null;
  const groups = Map.groupBy(
    held.filter((each) => !context.person.asked(each)),
    ({ hold, asked_by: by }) => JSON.stringify([hold.reason, by]),
  );
  const buttons = [...groups]
    .filter(([, each]) => each.length > 1)
    .map(([, each]) => button(each, context));
  return buttons.length
    ? element("div", { class: "buttons", role: "group", "aria-label": "Many at once" }, buttons)
    : null;
}

function button(held, context) {
  const [{ hold, asked_by: by }] = held;
  const text = `Approve all by ${by} held for: ${named(hold.reason)} …`;
  return element("button", { type: "button", on: { click: () => release(held, context) } }, text);
}

async function release(held, { person, again }) {
  const [{ hold, asked_by: by }] = held;
  const note = element("input", { name: "note", maxlength: 300, autocomplete: "off" });
  const done = await ask({
    title: "Approve all of them",
    content: [
      element(
        "p",
        {},
        `${counted(held.length, "operation")} on this page, and all others by ${by} that are held for the same reason: ${hold.says}.`,
      ),
      field("Note", note, "It is kept in each operation's history."),
    ],
    confirm: "Approve all",
    tone: "danger",
    doing: () =>
      post(
        "operations/release",
        { reason: hold.reason, asked_by: by, note: note.value.trim() },
        { parameters: { tenant_id: person.tenantId } },
      ),
  });
  if (!done) return;
  say("They are put on their way");
  again();
}
