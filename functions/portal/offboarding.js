/** What becomes of a phone that is lost: step by step, what is certain, what is left to do. */

import { element } from "./dom.js";
import { badge, counted, named, sentence, time } from "./wording.js";

const STEPS = {
  __proto__: null,
  block: "Block",
  wipe: "Wipe",
  acknowledgement: "The phone confirms the wipe",
  sessions: "Sessions of the person",
  certificate: "Certificate on the revocation list",
  removal: "Partnership",
  policy: "Policy of the mailbox",
  sign_in: "Sign-in of the person",
};
const OF_PERSON = ["sessions", "sign_in"];
const OUTCOMES = {
  __proto__: null,
  done: "good",
  "done before": "good",
  "timed out": "warn",
  impossible: "warn",
  "not asked": "quiet",
  "left as it is": "quiet",
  failed: "bad",
};

const AHEAD = { __proto__: null, done: "would be done" };

/** Whether this is a list of steps as they would be taken. */
export function isSteps(rows) {
  return Array.isArray(rows) && rows.length > 0 && rows.every(({ step, would }) => step && would);
}

/** Return steps as they would be taken, in their order. */
export function steps(heading, rows) {
  const lines = rows.map(({ step, would, says, device_id: device }) =>
    line({ step, outcome: would, says, about: device, names: AHEAD }),
  );
  return [element("h3", {}, heading), element("ol", { class: "checks" }, lines)];
}

/** Whether an operation keeps the report of one that is lost, or of who has left. */
export function isReport(after) {
  return Boolean(after?.counts && after.steps && after.devices);
}

/** Return the report: what came of each step, what is not certain, what is left to do. */
export function report(after) {
  const taken = Object.keys(STEPS).flatMap((step) => [
    ...after.devices
      .filter(({ steps: own }) => own[step])
      .map((each) => line({ step, about: each.device_id, ...each.steps[step] })),
    ...(after.steps[step] ? [line({ step, about: whose(step, after), ...after.steps[step] })] : []),
  ]);
  const more = after.more_devices.length;
  return [
    element("ol", { class: "checks", "aria-label": "Steps that were taken" }, taken),
    more
      ? element("p", { class: "hint" }, `${counted(more, "device")} more have operations of their own.`)
      : null,
    sentences("What is not certain", after.uncertain, "Nothing that is known."),
    sentences("What is left to do", after.to_do, "Nothing."),
  ];
}

function whose(step, { user, mailbox }) {
  if (step === "policy") return mailbox;
  return OF_PERSON.includes(step) ? user : "";
}

function line({ step, outcome, says, at, about, names = {} }) {
  return element(
    "li",
    {},
    badge(named(names[outcome] ?? outcome), OUTCOMES[outcome]),
    " ",
    element("strong", {}, STEPS[step] ?? named(step)),
    about ? [" ", element("code", {}, about)] : null,
    at ? element("span", { class: "hint" }, " ", time(at)) : null,
    says ? element("span", { class: "says" }, `${sentence(says)}.`) : null,
  );
}

function sentences(heading, told, none) {
  const lines = told.map((each) => element("li", {}, `${sentence(each)}.`));
  return [
    element("h3", {}, heading),
    lines.length ? element("ul", {}, lines) : element("p", { class: "none" }, none),
  ];
}
