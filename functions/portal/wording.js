/** What things are called, and how times and numbers are written. */

import { element } from "./dom.js";

// Codes come from outside: without a prototype, none of them finds what was not put here.

/** Tones are CSS classes: good, warn, bad, quiet. */
const ACCESS = {
  __proto__: null,
  Allowed: "good",
  Blocked: "bad",
  Quarantined: "warn",
  DeviceDiscovery: "quiet",
  Unknown: "quiet",
};
const STATES = {
  __proto__: null,
  done: "good",
  abandoned: "bad",
  held: "warn",
  waiting: "quiet",
  planned: "quiet",
};
const GRADES = { __proto__: null, pass: "good", warn: "warn", fail: "bad", unknown: "quiet" };

export const ACTIONS = {
  __proto__: null,
  allow: ["Allow", "Put the device on its mailbox's allowed list: it may sync mail."],
  block: ["Block", "Put the device on its mailbox's blocked list: it may not sync mail."],
  quarantine: [
    "Quarantine",
    "Take the device off both lists, so that a rule or the default holds it.",
  ],
  clear: ["Clear", "Take the device off both lists: rules and the default decide again."],
  wipe_account: [
    "Wipe account",
    "Remove mail, calendar and contacts of this mailbox from the device.",
  ],
  wipe_device: [
    "Wipe device",
    "Reset the whole device to its factory state. Everything on it is lost.",
  ],
  cancel_wipe: ["Cancel wipe", "Take back a wipe that the device has not carried out yet."],
  remove: ["Remove", "Remove the partnership from Exchange; the device may connect anew."],
};
const NAMES = {
  __proto__: null,
  add_trusted_ca: "Trust an authority",
  offboard_device: "Lost or stolen",
  offboard_user: "Shut a person out",
  remove_trusted_ca: "Trust an authority no longer",
  set_ca_crl: "Change revocation list",
  set_certificate_method: "Change sign-in by certificate",
  set_default_access: "Change default access",
  set_modern_authentication: "Switch modern authentication",
  set_prompt_login: "Change prompt login",
  rotate_certificate: "Rotate certificate",
  device_id: "Device ID",
  eas_device_id: "EAS DeviceID",
  guid: "GUID",
  certificate_method: "Sign-in by certificate",
  classic_store: "Classic store of authorities",
  pki_store: "PKI store of authorities",
  imei: "IMEI",
  mdm_id: "MDM's ID",
  os: "System",
  udid: "UDID",
  upn: "UPN",
  plan_stale: "Find stale devices",
  remove_stale: "Remove stale devices",
  DeviceDiscovery: "Being discovered",
  eas_below_16_1: "Mail apps without account-only wipe",
  ids_on_both_lists: "IDs on both lists",
  orphan_ids: "IDs without a device",
  unknown_to_mdm: "Unknown to MDM",
};

/** Return a code's name for people. */
export function named(code) {
  const text = ACTIONS[code]?.[0] ?? NAMES[code];
  if (text) return text;
  const words = String(code ?? "")
    .replaceAll("_", " ")
    .replace(/^budget\./, "budget of ")
    .replace(":", ": ");
  return sentence(words).replace(/^Mdm\b/, "MDM");
}

/** Return a text that begins as a sentence does. */
export function sentence(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

export const accessBadge = (access) => badge(named(access), ACCESS[access]);
export const stateBadge = (state) => badge(named(state), STATES[state]);
export const gradeBadge = (grade) => badge(named(grade), GRADES[grade]);

/** Return a word that stands out; its colour is never all that tells it apart. */
export function badge(text, tone = "quiet") {
  return element("span", { class: `badge ${tone}` }, text);
}

/** Return the tone of an access state. */
export function toneOf(access) {
  return ACCESS[access] ?? "quiet";
}

const LOCAL = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const DAY = new Intl.DateTimeFormat(undefined, { dateStyle: "medium" });
const NUMBER = new Intl.NumberFormat();

/** Return a moment in local time, with UTC on pointing at it; *none* where there is no moment. */
export function time(text, { none = "never", dayOnly = false } = {}) {
  const moment = new Date(text ?? NaN);
  if (Number.isNaN(moment.getTime())) return element("span", {}, none);
  const utc = moment
    .toISOString()
    .replace("T", " ")
    .replace(/\.\d+Z$/, " UTC");
  const shown = (dayOnly ? DAY : LOCAL).format(moment);
  return element("time", { datetime: moment.toISOString(), title: utc }, shown);
}

export function number(value) {
  return NUMBER.format(value);
}

/** Return "1 device", "2 devices". */
export function counted(count, noun) {
  return `${number(count)} ${noun}${count === 1 ? "" : "s"}`;
}

/** Return a length of time in words. */
export function lasting(seconds) {
  if (seconds < 90) return counted(Math.round(seconds), "second");
  if (seconds < 5400) return counted(Math.round(seconds / 60), "minute");
  return counted(Math.round(seconds / 3600), "hour");
}
