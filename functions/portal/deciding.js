/** What a person can do about an operation: approve, refuse, cancel, undo, replay, link. */

import { post } from "./api.js";
import { ask, field } from "./dialogs.js";
import { element, say } from "./dom.js";
import { link } from "./linking.js";
import { about } from "./operations.js";
import { badge, named, sentence } from "./wording.js";

const VERBS = {
  approve: [
    "Approve",
    "Approved",
    "It is put on its way at once, planned anew, in the order of arrival.",
    "first",
  ],
  refuse: ["Refuse", "Refused", "It is given up, and that is announced.", "danger"],
  cancel: [
    "Cancel the operation",
    "Cancelled",
    "It is given up, and nothing more is done about it.",
    "danger",
  ],
  undo: [
    "Undo",
    "The undo is ordered",
    "An order of its own brings back what was before. It is planned and held like any other.",
    "first",
  ],
  replay: ["Replay", "Replayed", "The same order is tried again, under the same id.", "first"],
};

/** Return the buttons that this person may press now, and why others may not. */
export function choices(operation, context) {
  const { person } = context;
  const verbs = verbsOf(operation).filter((verb) => person.may(roleOf(verb)));
  const isOwn = operation.hold && operation.state === "held" && person.asked(operation);
  const offered = isOwn ? verbs.filter((verb) => roleOf(verb) !== "Approver") : verbs;
  const buttons = offered.map((verb) => button(verb, operation, context));
  return [
    isOwn
      ? element(
          "p",
          { class: "hint" },
          badge("Four eyes", "quiet"),
          " You asked for it, so somebody else has to approve it.",
        )
      : null,
    buttons.length
      ? element("div", { class: "buttons", role: "group", "aria-label": "Actions" }, buttons)
      : null,
    whyNot(operation) ? element("p", { class: "hint" }, whyNot(operation)) : null,
  ];
}

function verbsOf({ state, hold, undo, replay }) {
  if (state === "held") return hold ? ["approve", "refuse", "cancel"] : ["link"];
  if (state === "abandoned") return replay?.possible ? ["replay"] : [];
  if (state === "done") return undo?.possible ? ["undo"] : [];
  return ["cancel"];
}

function whyNot({ state, undo, replay }) {
  if (state === "done" && undo?.possible === false) return `It cannot be undone: ${undo.because}`;
  if (state === "abandoned" && replay?.possible === false)
    return `It cannot be tried again: ${replay.because}`;
  return null;
}

function roleOf(verb) {
  return verb === "approve" || verb === "refuse" ? "Approver" : "Operator";
}

function button(verb, operation, context) {
  if (verb === "link") {
    const open = () => link(operation, context);
    return element(
      "button",
      { type: "button", class: "first", on: { click: open } },
      "Say which device it is …",
    );
  }
  const [name, , , tone] = VERBS[verb];
  const open = () => decide(verb, operation, context);
  const label = `${name}: ${named(operation.asked)} ${about(operation)}`;
  return element(
    "button",
    { type: "button", class: tone, "aria-label": label, on: { click: open } },
    `${name} …`,
  );
}

async function decide(verb, operation, { tag, again, person }) {
  const [name, done, says, tone] = VERBS[verb];
  const note = element("input", { name: "note", maxlength: 300, autocomplete: "off" });
  const answer = await ask({
    title: `${name}: ${named(operation.asked)}`,
    content: [
      element("p", {}, about(operation)),
      element(
        "p",
        {},
        operation.hold && operation.state === "held"
          ? `${sentence(operation.hold.says)}. ${says}`
          : says,
      ),
      field("Note", note, "It is kept in the operation's history."),
    ],
    confirm: name,
    tone,
    doing: () =>
      post(`operations/${operation.operation_id}/${verb}`, bodyOf(verb, note.value, person), {
        parameters: { tenant_id: operation.tenant_id },
        tag,
      }),
  });
  if (!answer) return;
  say(done);
  if (answer.operation_id && answer.operation_id !== operation.operation_id) {
    location.hash = person.link("operations", answer.operation_id);
  } else {
    again();
  }
}

function bodyOf(verb, text, person) {
  if (verb === "undo" || verb === "replay") {
    return { requested_by: person.name, reason: text.trim() || `${verb} from the page` };
  }
  return { note: text.trim() };
}
