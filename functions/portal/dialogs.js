/** Questions that stand before the page until they are answered. */

import { element, newId, show } from "./dom.js";
import { problem } from "./problems.js";

/**
 * Ask something: *content* is shown, and *doing* runs when it is confirmed.
 *
 * What *doing* throws is shown in the dialog, which stays open. Resolves with what it returned,
 * or null where the question was left.
 */
export function ask({ title, content, confirm, tone = "first", doing }) {
  const heading = newId("title");
  const told = element("div", {});
  const form = element("form", {}, element("h2", { id: heading }, title), content, told);
  const dialog = element("dialog", { "aria-labelledby": heading }, form);
  const leave = element(
    "button",
    { type: "button", on: { click: () => dialog.close() } },
    "Cancel",
  );
  const yes = confirm ? element("button", { class: tone, type: "submit" }, confirm) : null;
  form.append(element("p", { class: "buttons" }, yes, leave));
  document.body.append(dialog);
  return new Promise((resolve) => {
    let result = null;
    const answer = async (event) => {
      event.preventDefault();
      yes.disabled = true;
      try {
        result = (await doing(form)) ?? true;
        dialog.close();
      } catch (error) {
        show(told, problem(error));
        yes.disabled = false;
      }
    };
    form.addEventListener("submit", answer);
    dialog.addEventListener("close", () => {
      dialog.remove();
      // What was pressed may be gone: the page has moved on beneath.
      if (document.activeElement === document.body) document.getElementById("main").focus();
      resolve(result);
    });
    dialog.showModal();
  });
}

/** Return a labelled field, with what it is for beneath. */
export function field(label, control, hint = "") {
  const id = control.id || newId("field");
  control.id = id;
  const note = hint ? element("span", { id: `${id}-hint`, class: "hint" }, hint) : null;
  if (note) control.setAttribute("aria-describedby", note.id);
  return element("p", { class: "field" }, element("label", { for: id }, label), control, note);
}
