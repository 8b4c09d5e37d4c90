/** The certificate of a tenant: how it stands, and whether it works when it is tried. */

import { get, post } from "./api.js";
import { stages } from "./charts.js";
import { element, say, show } from "./dom.js";
import { pause } from "./polling.js";
import { problem } from "./problems.js";
import { facts } from "./tables.js";
import { badge, counted, gradeBadge, named, time } from "./wording.js";

/** When warnings begin, in days before the end. */
export const STAGES = [90, 60, 30, 14, 7, 3, 1, 0];

const LOOK = 250; // milliseconds between two looks at how far a validation has come

/** Return the card of the tenant's certificate. */
export async function certificates({ person, signal }) {
  const place = element("div", {}, await standing(person, signal));
  return [place, validation(person, { place, signal })];
}

async function standing(person, signal) {
  const answer = await get("certificate", { tenant_id: person.tenantId }, signal);
  const trouble = Object.values(answer.problems ?? {}).map((why) =>
    element("p", {}, badge("Cannot be told", "bad"), " ", why),
  );
  const others = Object.values(answer.not_applicable ?? {}).map((why) =>
    element("p", {}, `No certificate: the app ${why}.`),
  );
  return [trouble, others, (answer.certificates ?? []).map(card)];
}

/** Return the tone of so many days left. */
export function toneOf(days) {
  if (days > 30) return "good";
  return days > 14 ? "warn" : "bad";
}

function card(each) {
  const left = each.days_left;
  return [
    element("p", { class: `big ${toneOf(left)}` }, left < 0 ? "Expired" : `${counted(left, "day")} left`),
    stages("Stages before the certificate ends, in days", STAGES, left),
    facts([
      ["Credential type", each.credential_type],
      ["Name", each.certificate_name],
      ["Thumbprint (SHA-256)", element("code", {}, each.thumbprint_sha256)],
      ["Thumbprint (SHA-1)", element("code", {}, each.thumbprint_sha1)],
      ["Ends", time(each.expires_at)],
      [
        "Stage",
        each.stage === null
          ? "none has begun"
          : named(each.stage === "expired" ? "expired" : `${each.stage} days`),
      ],
      ["Registered", registered(each)],
      ["Mismatches", each.mismatches.map(named).join(", ")],
      ["Last validation", lastOf(each.last_validation)],
    ]),
  ];
}

function registered(each) {
  if (each.registered === null) return `cannot be told: ${each.registration_problem}`;
  return each.registered ? "yes, at the app in Entra ID" : badge("Not registered", "bad");
}

function lastOf(last) {
  if (!last) return "none yet";
  return [
    gradeBadge(last.grade),
    " ",
    time(last.at),
    last.codes.length ? `: ${last.codes.map(named).join(", ")}` : "",
  ];
}

/** Return the button that tries the certificate, and the place where its stages appear. */
function validation(person, { place, signal }) {
  if (!person.may("Operator")) return null;
  const list = element("ol", { class: "checks", "aria-label": "Stages of the validation" });
  const sum = element("div", {});
  const button = element("button", { type: "button" }, "Validate");
  button.addEventListener("click", async () => {
    button.disabled = true;
    show(list);
    show(sum, element("p", { class: "loading" }, "Trying each link from the vault to Exchange …"));
    try {
      await validate(person, { list, sum, signal });
      show(place, await standing(person, signal));
    } catch (error) {
      show(sum, problem(error));
    }
    button.disabled = false;
  });
  return element("div", { class: "validation" }, button, list, sum);
}

async function validate(person, { list, sum, signal }) {
  const parameters = { tenant_id: person.tenantId };
  const run = crypto.randomUUID();
  const seen = (checks) => list.append(...checks.slice(list.children.length).map(line));
  const running = { ended: false };
  const validated = post("certificate/validate", { run_id: run }, { parameters, signal });
  const follow = async () => {
    while (!running.ended && !signal.aborted) {
      // Whoever looks on is told less if that fails; the whole comes with the answer.
      const progress = await get("certificate/validation", parameters, signal).catch(() => null);
      if (!running.ended && progress?.run_id === run) seen(progress.checks);
      await pause(LOOK, signal);
    }
  };
  follow();
  const { reports } = await validated.finally(() => {
    running.ended = true;
  });
  seen(reports.flatMap(({ checks }) => checks));
  const grades = reports.map(({ grade }) => gradeBadge(grade));
  show(sum, element("p", {}, "The whole chain: ", grades));
  say(`Validation: ${reports.map(({ grade }) => grade).join(", ")}`);
}

function line({ name, grade, code, meaning, remedy, milliseconds }) {
  return element(
    "li",
    {},
    gradeBadge(grade),
    " ",
    element("strong", {}, named(name)),
    milliseconds ? element("span", { class: "hint" }, ` ${Math.round(milliseconds)} ms`) : null,
    meaning ? element("span", { class: "says" }, meaning) : null,
    code && remedy ? element("span", { class: "says" }, `Next: ${remedy}`) : null,
  );
}
