/** The check of all that users' certificates rest on, and what it has found. */

import { post } from "./api.js";
import { certificateFields } from "./certificate_file.js";
import { field } from "./dialogs.js";
import { element, say, show } from "./dom.js";
import { problem } from "./problems.js";
import { gradeBadge, named, sentence } from "./wording.js";

const WORST_FIRST = ["fail", "unknown", "warn", "pass"];

/** Return the form, and the place where the report appears. */
export function check({ person, signal }) {
  const user = element("input", { type: "text", maxlength: 320, autocomplete: "off" });
  const certificate = certificateFields("Sample certificate of a user");
  const place = element("div", {});
  const button = element("button", { type: "submit", class: "first" }, "Check");
  const examine = async (event) => {
    event.preventDefault();
    button.disabled = true;
    show(place, element("p", { class: "loading" }, "Looking at each row …"));
    try {
      const asked = { user: user.value.trim(), certificate: await certificate.read() };
      const body = Object.fromEntries(Object.entries(asked).filter(([, value]) => value));
      const parameters = { tenant_id: person.tenantId };
      const { reports } = await post("user-certificates/validate", body, { parameters, signal });
      show(place, reports.map(report));
      say(`The check has ended: ${reports.map(({ grade }) => named(grade)).join(", ")}`);
    } catch (error) {
      if (!signal.aborted) show(place, problem(error));
    }
    button.disabled = false;
  };
  return [
    element(
      "form",
      { on: { submit: examine } },
      element(
        "p",
        {},
        "Looks at all that a user's certificate rests on. With a user, also at that account; with a sample certificate, also at where it leads.",
      ),
      field("User", user, "UPN; may stay empty."),
      certificate.content,
      element("p", { class: "buttons" }, button),
    ),
    place,
  ];
}

function report({ grade, rows, user }) {
  const worst = WORST_FIRST.find((each) => rows.some((row) => row.grade === each));
  const ordered = rows.toSorted((one, other) => rank(one) - rank(other));
  return [
    element(
      "p",
      { class: "big" },
      gradeBadge(grade),
      user ? ` for ${user}` : " for the whole tenant",
    ),
    ordered.map((row) => line(row, row.grade === worst && worst !== "pass")),
  ];
}

function rank({ grade }) {
  return WORST_FIRST.indexOf(grade);
}

function line({ row, title, grade, endpoint, permission, details }, isOpen) {
  return element(
    "details",
    { class: "row", open: isOpen },
    element(
      "summary",
      {},
      gradeBadge(grade),
      " ",
      element("strong", {}, `${row} ${title}`),
    ),
    element("ul", { class: "plain" }, details.map(detail)),
    element("p", { class: "hint" }, "Read from ", element("code", {}, endpoint)),
    element("p", { class: "hint" }, "It takes ", element("code", {}, permission)),
  );
}

function detail({ about, grade, code, meaning, remedy }) {
  return element(
    "li",
    {},
    gradeBadge(grade),
    " ",
    about ? [element("strong", {}, about), ": "] : null,
    sentence(meaning),
    code && remedy ? element("span", { class: "says" }, `Next: ${remedy}`) : null,
  );
}
