/** What is asked for, where that is not about one device: in words. */

import { named } from "./wording.js";

const SHORT = 8; // characters of a thumbprint that tell authorities apart
const PROMPTS = {
  __proto__: null,
  translateToFreshPasswordAuthentication: "it becomes a question for the password",
  nativeSupport: "it is passed on to the federation server as it is",
  disabled: "it is not passed on",
};
const WIPES = {
  __proto__: null,
  account: "erases the mailbox's data on the phone",
  device: "erases the whole phone",
  nothing: "erases nothing",
};
const STORES = { __proto__: null, pki: "PKI store", classic: "classic store" };

const TOLD = {
  __proto__: null,
  set_modern_authentication: ({ enabled }) => `Modern authentication of Exchange: ${onOff(enabled)}`,
  set_prompt_login: ({ domain, behavior }) =>
    `An app's wish for a fresh sign-in at ${domain}: ${prompt(behavior)}`,
  add_trusted_ca: (change) =>
    `Trust ${change.name || "an authority"} as ${change.is_root ? "a root" : "an intermediate"} in the ${store(change.store)}; ${addresses(change)}`,
  remove_trusted_ca: (change) =>
    `Trust ${authority(change)} no longer in the ${store(change.store)}`,
  set_ca_crl: (change) =>
    `Of ${authority(change)} in the ${store(change.store)}: ${addresses(change)}`,
  set_certificate_method: ({ action, enabled, ...others }) =>
    [
      typeof enabled === "boolean" ? `Sign-in by certificate: ${onOff(enabled)}` : null,
      ...Object.entries(others)
        .filter(([, value]) => value !== null)
        .map(([name, value]) => `${named(name)}: ${plain(value)}`),
    ]
      .filter(Boolean)
      .join("; "),
  offboard_device: (change) =>
    `Shut out device ${change.device_id} of ${change.mailbox}: blocks it at once if the budget allows, ${shutOut(change)}`,
  offboard_user: (change) => `Shut out every device of ${change.mailbox}: ${shutOut(change)}`,
};
const ABOUT = {
  __proto__: null,
  set_modern_authentication: ({ enabled }) => onOff(enabled),
  set_prompt_login: ({ domain }) => domain,
  add_trusted_ca: ({ name }) => name,
  remove_trusted_ca: ({ thumbprint }) => short(thumbprint),
  set_ca_crl: ({ thumbprint }) => short(thumbprint),
  set_certificate_method: ({ enabled }) => (typeof enabled === "boolean" ? onOff(enabled) : ""),
  offboard_device: () => "", // the device and its mailbox are said anyway
  offboard_user: () => "",
};

/** Say what a change asks for; null where there is none. */
export function told(change) {
  if (!change) return null;
  return TOLD[change.action]?.(change) ?? written(change);
}

/** Say in a word what a change is about. */
export function target(change) {
  const about = ABOUT[change?.action];
  return about ? about(change) : named(change?.action ?? "");
}

/** Say what becomes of an app's wish for a fresh sign-in. */
export function prompt(behavior) {
  return PROMPTS[behavior ?? "translateToFreshPasswordAuthentication"] ?? behavior;
}

/** The settings that a federated domain may have for that. */
export const BEHAVIORS = Object.keys(PROMPTS);

/** Return a store's name. */
export function store(code) {
  return STORES[code] ?? STORES.pki;
}

/** Return enough of a thumbprint to tell authorities apart. */
export function short(thumbprint) {
  return (thumbprint ?? "").slice(0, SHORT);
}

function authority({ thumbprint }) {
  return `the authority ${short(thumbprint)}`;
}

function addresses({ crl_url: whole, delta_crl_url: delta }) {
  if (!whole) return "no revocation list";
  return `revocation list at ${whole}${delta ? `, with changes to it at ${delta}` : ""}`;
}

function shutOut(change) {
  return [
    WIPES[change.wipe ?? "account"] ?? change.wipe,
    change.even_if_personal ? "even if it is personal" : null,
    change.user ? `ends the sessions of ${change.user}` : "ends the person's sessions",
    change.disable_sign_in ? "disables the sign-in" : null,
    change.serial_number ? `looks for certificate ${change.serial_number} on its list` : null,
  ]
    .filter(Boolean)
    .join(", ");
}

function onOff(isOn) {
  return isOn ? "on" : "off";
}

function written(change) {
  const rows = Object.entries(change).map(([name, value]) => `${named(name)}: ${plain(value)}`);
  return rows.join("; ");
}

function plain(value) {
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
