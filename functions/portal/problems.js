/** What is shown where something went wrong: what it was, and what to do next. */

import { Problem } from "./api.js";
import { element } from "./dom.js";
import { lasting } from "./wording.js";

const SIGN_IN = "/.auth/login/aad?post_login_redirect_uri=/api/portal";
const NEXT = {
  0: "Check your connection, then try again.",
  400: "Correct what is named above, then try again.",
  403: "Ask whoever manages the app's roles in Entra ID for the role that is named.",
  404: "It may be gone, or not there yet. Go back and look at the list.",
  409: "Something has changed since you looked. Look again, then decide anew.",
  412: "Somebody else has changed it since you looked. Look again, then decide anew.",
  429: "You have asked very often. Wait a little, then try again.",
  500: "Ask whoever runs the app to look at its log.",
  503: "A service the app needs does not answer at the moment. Try again later.",
};

/** Show an error, its next step, and a button for that. A bug of the page is not hidden. */
export function problem(error, { title = "", again = null } = {}) {
  const status = error instanceof Problem ? error.status : null;
  if (status === null) console.error(error);
  if (status === 401) return signIn(title);
  const next = NEXT[status] ?? (status === null ? "Load the page anew." : NEXT[500]);
  return element(
    "section",
    { class: "problem", role: "alert" },
    title ? element("h1", {}, title) : null,
    element(
      "p",
      { class: "what" },
      element("strong", {}, error.title ?? "The page failed"),
      ": ",
      error.message,
    ),
    element("p", {}, next, error.after ? ` (after ${lasting(error.after)})` : ""),
    again ? element("button", { type: "button", on: { click: again } }, "Try again") : null,
  );
}

function signIn(title) {
  return element(
    "section",
    { class: "card narrow" },
    element("h1", {}, title || "Operators' page"),
    element("p", {}, "Sign in with your work account to see this page."),
    element("p", {}, element("a", { class: "button first", href: SIGN_IN }, "Sign in")),
  );
}
