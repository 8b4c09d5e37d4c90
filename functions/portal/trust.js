/** The certificates that users sign in with: what they rest on, and whether that is sound. */

import { get } from "./api.js";
import { authorities } from "./authorities.js";
import { prompt } from "./changes.js";
import { element } from "./dom.js";
import { check } from "./examining.js";
import { facts, table } from "./tables.js";
import { setMethod, setModernAuthentication, setPromptLogin } from "./trusting.js";
import { badge, named } from "./wording.js";

export const title = "User certificates";

const MODES = {
  __proto__: null,
  x509CertificateSingleFactor: "one factor",
  x509CertificateMultiFactor: "several factors",
};
const EVERYBODY = "all_users";

/** Return the view. */
export async function view(context) {
  const { person, signal } = context;
  const { tenants } = await get("user-certificates", { tenant_id: person.tenantId }, signal);
  return [
    element("h1", {}, title),
    tenants.map((each) => standing(each, context)),
    person.may("Operator")
      ? card("Check", check(context), { wide: true })
      : element("p", { class: "hint" }, "To check or change anything you need the role Operator."),
  ];
}

function standing(tenant, context) {
  return [
    tenant.in_use === false
      ? element(
          "p",
          { class: "big" },
          "Nobody signs in with a certificate here, and nothing needs to be done.",
        )
      : null,
    Object.entries(tenant.problems).map(([part, why]) =>
      element(
        "p",
        { class: "notice" },
        badge("Cannot be told", "bad"),
        ` ${named(part)}: ${why}`,
      ),
    ),
    element(
      "div",
      { class: "cards" },
      card("Modern authentication", modern(tenant.modern_authentication, context)),
      card("Sign-in by certificate", method(tenant.method, context)),
      tenant.method ? card("How a certificate leads to its user", bindings(tenant.method)) : null,
      card("Trusted authorities", authorities(tenant, context), { wide: true }),
      tenant.domains.length
        ? card("Domains", domains(tenant.domains, context), { wide: true })
        : null,
    ),
  ];
}

function card(heading, content, { wide = false } = {}) {
  const name = wide ? "card wide" : "card";
  return element("section", { class: name }, element("h2", {}, heading), content);
}

function modern(isOn, context) {
  const turn = (next) => setModernAuthentication(next, context);
  return [
    element("p", {}, isOn === null ? unknown() : onOff(isOn)),
    element("p", {}, "With it clients of Exchange sign in with tokens, so a certificate counts."),
    turning("modern authentication", isOn, turn, context),
  ];
}

function method(set, context) {
  const turn = (next) => setMethod(next, context);
  return [
    element("p", {}, set ? onOff(set.is_enabled) : unknown()),
    set ? settings(set) : null,
    turning("sign-in by certificate", set?.is_enabled, turn, context),
  ];
}

function settings(set) {
  return facts([
    ["For", set.include.map(whom).join(", ") || "nobody"],
    ["Not for", set.exclude.map(whom).join(", ")],
    ["Counts as", MODES[set.default_mode] ?? set.default_mode],
    ["But", set.rules.length ? element("ul", { class: "plain" }, set.rules.map(rule)) : null],
    ["Revocation lists", needed(set.requires_crl)],
    ["Not understood", set.unknown.join(", ")],
  ]);
}

function whom({ id }) {
  return id === EVERYBODY ? "everybody" : `group ${id}`;
}

function rule({ kind, identifier, mode }) {
  const says = `${MODES[mode] ?? mode} by ${named(kind)} `;
  return element("li", {}, says, element("code", {}, identifier));
}

function needed(requires) {
  if (requires === null) return "Entra ID does not say whether they are needed";
  return requires ? "every authority needs one" : "an authority may be without one";
}

function bindings({ bindings: set }) {
  if (!set.length) {
    return element("p", { class: "none" }, "No binding: no certificate is anybody's.");
  }
  const lines = set
    .toSorted((one, other) => one.priority - other.priority)
    .map((each) =>
      element(
        "li",
        { value: each.priority },
        element("code", {}, each.certificate_field),
        " of the certificate is ",
        element("code", {}, each.user_property),
        " of the user",
      ),
    );
  return [
    element("p", { class: "hint" }, "Tried in the order of their priorities."),
    element("ol", { class: "checks" }, lines),
  ];
}

function domains(listed, context) {
  const change = {
    name: "Change",
    value: () => "",
    cell: (domain) => (domain.is_federated ? promptButton(domain, context) : "–"),
  };
  return table({
    caption: "Domains by which users sign in",
    sorted: "name",
    rows: listed,
    columns: [
      { name: "Domain", key: "name", value: (domain) => domain.name },
      { name: "Kind", key: "kind", value: kind },
      {
        name: "A wish for a fresh sign-in",
        value: (domain) => (domain.is_federated ? wish(domain) : ""),
      },
      ...(context.person.may("Operator") ? [change] : []),
    ],
  });
}

function kind({ is_federated: isFederated, is_verified: isVerified }) {
  const name = isFederated ? "federated" : "managed by Entra ID";
  return isVerified ? name : `${name}, not verified`;
}

function wish({ prompt_login: set }) {
  return set ? `${set}: ${prompt(set)}` : `not set: ${prompt(null)}`;
}

function promptButton(domain, context) {
  const label = `Change prompt login of ${domain.name} …`;
  const click = () => setPromptLogin(domain, context);
  return element("button", { type: "button", "aria-label": label, on: { click } }, "Change …");
}

/** Return the button that turns something on or off; both, where it is not known how it stands. */
function turning(name, isOn, turn, { person }) {
  if (!person.may("Operator")) return null;
  const buttons = [true, false]
    .filter((next) => next !== isOn)
    .map((next) => {
      const label = `Switch ${name} ${next ? "on" : "off"} …`;
      const on = { click: () => turn(next) };
      return element("button", { type: "button", class: next ? "" : "danger", on }, label);
    });
  return element("div", { class: "buttons" }, buttons);
}

function onOff(isOn) {
  return isOn ? badge("On", "good") : badge("Off", "quiet");
}

function unknown() {
  return badge("Cannot be told", "bad");
}
