/** Orders about what users' certificates rest on. */

import { Problem } from "./api.js";
import { certificateFields } from "./certificate_file.js";
import { BEHAVIORS, prompt, short, store } from "./changes.js";
import { field } from "./dialogs.js";
import { element } from "./dom.js";
import { ordered } from "./ordering.js";

/** Let Exchange take tokens, or not. */
export function setModernAuthentication(enabled, context) {
  const title = `Modern authentication: ${enabled ? "on" : "off"}`;
  const says = "Whether clients of Exchange may sign in with tokens, in place of passwords.";
  return ordered(
    "set_modern_authentication",
    { title, content: element("p", {}, says), fields: () => ({ enabled }) },
    context,
  );
}

/** Let users sign in to Entra ID by certificate, or not. */
export function setMethod(enabled, context) {
  const title = `Sign-in by certificate: ${enabled ? "on" : "off"}`;
  const says = "For whom, and how certificates lead to users, stays as it is.";
  return ordered(
    "set_certificate_method",
    { title, content: element("p", {}, says), fields: () => ({ enabled }) },
    context,
  );
}

/** Set what becomes of an app's wish for a fresh sign-in at a federated domain. */
export function setPromptLogin({ name, prompt_login: now }, context) {
  const options = BEHAVIORS.map((value) =>
    element("option", { value, selected: value === now }, `${value}: ${prompt(value)}`),
  );
  const none = element("option", { value: "", selected: !now }, "Not set");
  const behavior = element("select", {}, options, none);
  return ordered(
    "set_prompt_login",
    {
      title: `Prompt login of ${name}`,
      content: field("An app's wish for a fresh sign-in", behavior),
      fields: () => ({ domain: name, behavior: behavior.value || null }),
    },
    context,
  );
}

/** Trust an authority. */
export function addAuthority(context) {
  const certificate = certificateFields("Certificate of the authority");
  const kind = element(
    "select",
    {},
    element("option", { value: "root" }, "Root: it has issued itself"),
    element("option", { value: "" }, "Intermediate: another has issued it"),
  );
  const name = element("input", { maxlength: 256, autocomplete: "off" });
  const lists = addresses({ crl_url: "", delta_crl_url: "" });
  const place = element(
    "select",
    {},
    ["pki", "classic"].map((value) => element("option", { value }, store(value))),
  );
  const gap = gapOf(() => place.value, place);
  return ordered(
    "add_trusted_ca",
    {
      title: "Trust an authority",
      content: [
        certificate.content,
        field("Kind", kind),
        field("Store", place, "The PKI store, unless you have a reason for the other one."),
        gap.content,
        field("Name", name, "For the PKI store only; it may stay empty."),
        lists.content,
      ],
      fields: async () => ({
        certificate: await given(certificate),
        is_root: kind.value === "root",
        name: name.value.trim(),
        ...lists.fields(),
        store: place.value,
        ...gap.fields(),
      }),
    },
    context,
  );
}

/** Trust an authority no longer. */
export function removeAuthority(authority, context) {
  const gap = gapOf(() => authority.store);
  return ordered(
    "remove_trusted_ca",
    {
      title: `Trust no longer: ${title(authority)}`,
      content: [
        element("p", {}, "Whoever has a certificate of its own is shut out."),
        gap.content,
      ],
      fields: () => ({ ...named(authority), ...gap.fields() }),
    },
    context,
  );
}

/** Set where an authority says what it has revoked. */
export function setAddresses(authority, context) {
  const lists = addresses(authority);
  const gap = gapOf(() => authority.store);
  return ordered(
    "set_ca_crl",
    {
      title: `Revocation list of ${title(authority)}`,
      content: [lists.content, gap.content],
      fields: () => ({ ...named(authority), ...lists.fields(), ...gap.fields() }),
    },
    context,
  );
}

/** Return what an authority is called. */
export function title({ name, subject, thumbprint }) {
  return name || subject || short(thumbprint);
}

async function given(certificate) {
  const text = await certificate.read();
  if (text) return text;
  throw new Problem(400, { title: "Nothing to trust", detail: "Choose or paste a certificate." });
}

function named({ thumbprint, store: place }) {
  return { thumbprint, store: place };
}

function addresses({ crl_url: whole, delta_crl_url: delta }) {
  const url = (value) => element("input", { value, type: "url", maxlength: 1000 });
  const [first, second] = [url(whole), url(delta)];
  return {
    content: [
      field("Address of the revocation list", first, "Plain HTTP is preferred. Empty for none."),
      field("Address of the delta list", second, "Empty for none."),
    ],
    fields: () => ({ crl_url: first.value.trim(), delta_crl_url: second.value.trim() }),
  };
}

/** Of the classic store: the tick without which the server refuses to leave a gap. */
function gapOf(chosen, place = null) {
  const accept = element("input", { type: "checkbox" });
  const content = element(
    "div",
    {},
    field(
      "Accept the gap",
      accept,
      "The classic store is deleted and made anew: in between nobody's certificate is accepted.",
    ),
  );
  const adapt = () => (content.hidden = chosen() !== "classic");
  place?.addEventListener("change", adapt);
  adapt();
  return { content, fields: () => (content.hidden ? {} : { accept_gap: accept.checked }) };
}
