/** An order for one device. */

import { field } from "./dialogs.js";
import { element } from "./dom.js";
import { ordered } from "./ordering.js";
import { ACTIONS } from "./wording.js";

/** Ask why, show the plan, let it be confirmed; then the operation is shown. */
export function order(action, device, context) {
  const [name, says] = ACTIONS[action];
  const personal = element("input", { type: "checkbox", name: "personal" });
  const isPersonal = () => (personal.checked ? { even_if_personal: true } : {});
  const about = { mailbox: device.mailbox, device_id: device.device_id };
  return ordered(
    action,
    {
      title: `${name}: ${device.name || device.device_id}`,
      content: element("p", {}, says),
      more: action === "wipe_device" ? field("Even if the device is personal", personal) : null,
      fields: () => ({ ...about, ...isPersonal() }),
    },
    context,
  );
}
