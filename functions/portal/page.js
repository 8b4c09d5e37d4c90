/** The page itself: who looks at it, and which view the address names. */

import { get } from "./api.js";
import { element, say, show } from "./dom.js";
import { problem } from "./problems.js";
import { Person } from "./person.js";
import * as device from "./device.js";
import * as devices from "./devices.js";
import * as held from "./held.js";
import * as operation from "./operation.js";
import * as operations from "./operations.js";
import * as overview from "./overview.js";
import * as reports from "./reports.js";
import * as senders from "./senders.js";
import * as trust from "./trust.js";

/** Address, view, and under which page of the navigation it stands. */
const VIEWS = [
  [/^$/, overview, ""],
  [/^devices$/, devices, "devices"],
  [/^devices\/([^/]+)$/, device, "devices"],
  [/^held$/, held, "held"],
  [/^operations$/, operations, "operations"],
  [/^operations\/([^/]+)$/, operation, "operations"],
  [/^reports$/, reports, "reports"],
  [/^reports\/([^/]+)$/, reports, "reports"],
  [/^senders$/, senders, "senders"],
  [/^user-certificates$/, trust, "user-certificates"],
];
const PAGES = { "": "Overview", devices: "Devices", held: "Waiting", operations: "Operations" };
const MORE = {
  reports: "Reports",
  senders: "Senders",
  "user-certificates": "User certificates",
};

const main = document.getElementById("main");
const nav = document.getElementById("nav");
let leaving = new AbortController();

async function begin() {
  try {
    const person = new Person(await get("me"));
    const tenant = person.tenantPicker(() => open(person));
    show(document.getElementById("person"), person.card(), tenant);
    addEventListener("hashchange", () => open(person, main));
    await open(person);
  } catch (error) {
    show(main, problem(error, { title: "Operators' page", again: begin }));
  }
}

/** Show the view that the address names; then *focused*, if given, takes the focus. */
async function open(person, focused, { isAgain = false } = {}) {
  leaving.abort();
  leaving = new AbortController();
  const { signal } = leaving;
  const [path, query] = location.hash.replace(/^#\/?/, "").split("?");
  const [view, page, parts] = found(path);
  navigate(page);
  const parameters = new URLSearchParams(query);
  person.choose(parameters.get("tenant_id"));
  document.title = `${view.title} · easgate`;
  show(main, element("p", { class: "loading" }, "Loading …"));
  focused?.focus();
  try {
    const content = await view.view({
      person,
      parts,
      parameters,
      signal,
      again: () => open(person, main, { isAgain: true }),
    });
    if (signal.aborted) return;
    show(main, content);
    // Shown again, it is what was done before that is worth saying.
    if (!isAgain) say(`${view.title} is shown`);
  } catch (error) {
    if (signal.aborted) return;
    show(main, problem(error, { title: view.title, again: () => open(person) }));
  }
}

function found(path) {
  for (const [pattern, view, page] of VIEWS) {
    const match = pattern.exec(path);
    if (match) return [view, page, match.slice(1).map(decodeURIComponent)];
  }
  return [overview, "", []];
}

function navigate(current) {
  const links = Object.entries({ ...PAGES, ...MORE }).map(([page, name]) =>
    element("a", { href: `#/${page}`, "aria-current": page === current && "page" }, name),
  );
  nav.hidden = false;
  show(nav, links);
}

begin();
