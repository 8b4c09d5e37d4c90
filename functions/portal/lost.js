/** The order for a phone that is lost or stolen: all that shuts it out, in the right order. */

import { get } from "./api.js";
import { field } from "./dialogs.js";
import { element } from "./dom.js";
import { ordered } from "./ordering.js";

export const ACTION = "offboard_device";

const WIPES = {
  account: "The mailbox's data on the phone",
  device: "The whole phone",
  nothing: "Nothing",
};
const HOURS = 24;

/** Ask what is to be done, show the plan, let it be confirmed; then the operation is shown. */
export function lost(device, context) {
  const form = formOf(context);
  return ordered(
    ACTION,
    {
      title: `Lost or stolen: ${device.name || device.device_id}`,
      content: element(
        "p",
        {},
        "The phone is blocked at once and erased as chosen below, the person's sessions are ended, and the partnership is removed.",
      ),
      more: form.content,
      fields: () => ({ mailbox: device.mailbox, device_id: device.device_id, ...form.fields() }),
    },
    context,
  );
}

function formOf(context) {
  const wipe = select(Object.entries(WIPES));
  const personal = element("input", { type: "checkbox" });
  const hours = element("input", { type: "number", min: 0.5, max: 72, step: 0.5, value: HOURS });
  const signIn = element("input", { type: "checkbox" });
  const user = element("input", { maxlength: 320, autocomplete: "off" });
  const serial = element("input", { maxlength: 40, pattern: "[0-9A-Fa-f]*", autocomplete: "off" });
  const issuer = select([["", "Whichever it fits"]]);
  offerIssuers(issuer, context);
  return {
    content: [
      field("What is erased", wipe),
      field("Even if the device is personal", personal, "Then somebody else has to approve it."),
      field("Hours to wait", hours, "For the phone to confirm that it was erased."),
      field("Disable the person's sign-in", signIn, "Last of all: until then the wipe can arrive."),
      field("User", user, "UPN or object id. Empty: whose mailbox it is."),
      field(
        "Serial number of the certificate on the phone",
        serial,
        "Hexadecimal; whether it has been revoked is then looked up.",
      ),
      field("Issuer of that certificate", issuer),
    ],
    fields: () => ({
      wipe: wipe.value,
      acknowledgement_hours: hours.valueAsNumber || HOURS,
      disable_sign_in: signIn.checked,
      user: user.value.trim(),
      serial_number: serial.value.trim(),
      issuer: issuer.value,
      ...(personal.checked ? { even_if_personal: true } : {}),
    }),
  };
}

function select(options) {
  const made = options.map(([value, text]) => element("option", { value }, text));
  return element("select", {}, made);
}

/** Offer the authorities as they come; without them the one that fits is found all the same. */
async function offerIssuers(place, { person, signal }) {
  const asked = get("user-certificates", { tenant_id: person.tenantId }, signal);
  const { tenants } = await asked.catch(() => ({ tenants: [] }));
  const names = new Map(
    tenants
      .flatMap(({ authorities }) => authorities)
      .map(({ thumbprint, name, subject }) => [thumbprint, name || subject || thumbprint]),
  );
  place.append(...[...names].map(([value, text]) => element("option", { value }, text)));
}
