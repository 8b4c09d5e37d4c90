/** The certificate of a tenant: how it stands, and whether it works when it is tried. */

import { get, post } from "./api.js";
import { stages } from "./charts.js";
import { element, say, show } from "./dom.js";
import { pause } from "./polling.js";
import { problem } from "./problems.js";
import { facts } from "./tables.js";
import { badge, counted, gradeBadge, named, time } from "./wording.js";

const STAGES = [90, 60, 30, 14, 7, 3, 1, 0]; // days before the end
const BETWEEN = 70; // milliseconds between two stages of a validation, to be followed by eye

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

function card(each) {
  const left = each.days_left;
  const tone = left > 30 ? "good" : left > 14 ? "warn" : "bad";
  return [
    element("p", { class: `big ${tone}` }, left < 0 ? "Expired" : `${counted(left, "day")} left`),
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
  const { reports } = await post("certificate/validate", {}, { parameters, signal });
  const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;
  for (const check of reports.flatMap(({ checks }) => checks)) {
    list.append(line(check));
    if (!isStill) await pause(BETWEEN, signal);
  }
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
