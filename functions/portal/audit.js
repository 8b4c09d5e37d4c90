/** The audit's records as a file, to be verified elsewhere. */

import { lines } from "./api.js";
import { field } from "./dialogs.js";
import { element, show } from "./dom.js";
import { problem } from "./problems.js";
import { counted } from "./wording.js";

const KIND = "application/jsonl";

/** Return the form that exports the audit, for those who may. */
export function audit(person, signal) {
  if (!person.may("Operator")) return null;
  const told = element("div", { role: "status" });
  const saveAs = async (event) => {
    event.preventDefault();
    const asked = Object.fromEntries(new FormData(event.target));
    try {
      await exported({ ...asked, tenant_id: person.tenantId }, { told, signal });
    } catch (error) {
      show(told, problem(error));
    }
  };
  return element(
    "section",
    { class: "card" },
    element("h2", {}, "Audit log"),
    element(
      "p",
      {},
      "Every decision, approval, refusal and change of settings, as a chain that shows any tampering.",
    ),
    element(
      "form",
      { class: "filters", on: { submit: saveAs } },
      field("First day (UTC)", element("input", { type: "date", name: "from" })),
      field("Last day (UTC)", element("input", { type: "date", name: "to" })),
      element(
        "p",
        { class: "buttons" },
        element("button", { type: "submit" }, "Export as JSON Lines"),
      ),
    ),
    told,
  );
}

async function exported(asked, { told, signal }) {
  const pages = [];
  let after = "";
  do {
    show(told, element("p", {}, `${counted(pages.length, "page")} read …`));
    const page = await lines("audit", { ...asked, after }, signal);
    pages.push(page.text);
    after = page.after;
  } while (after);
  const records = pages.join("").split("\n").filter(Boolean).length;
  if (records) save(new Blob(pages, { type: KIND }), "audit.jsonl");
  show(told, element("p", {}, `${counted(records, "record")} exported.`));
}

function save(blob, download) {
  const href = URL.createObjectURL(blob);
  element("a", { href, download }).click();
  setTimeout(() => URL.revokeObjectURL(href), 60_000);
}
