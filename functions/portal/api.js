/** The app's API, as a signed-in person reaches it. */

const API = new URL("api/", import.meta.url);

/** Why a request was not served: the API's problem details, or no answer at all (status 0). */
export class Problem extends Error {
  constructor(status, body = {}, after = null) {
    const { title, detail, type } = body;
    super(detail || title || "The app did not answer.");
    Object.assign(this, { status, title: title ?? "No answer", type, body, after });
  }
}

/** Return where a route is; parameters without a value are left out. */
export function address(route, parameters = {}) {
  const url = new URL(route, API);
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== null && value !== undefined && value !== "") url.searchParams.set(name, value);
  }
  return url.href;
}

/** Return what a route answers. */
export async function get(route, parameters, signal) {
  return (await look(route, parameters, signal)).body;
}

/** Return what a route answers, and the tag of that state. */
export function look(route, parameters, signal) {
  return sent(address(route, parameters), { signal });
}

/** Return one page of a route that answers with lines of text, and the cursor of the next. */
export async function lines(route, parameters, signal) {
  const answer = await answered(address(route, parameters), { headers: {}, signal });
  const next = /<([^>]*)>; *rel="?next/.exec(answer.headers.get("Link") ?? "")?.[1];
  const after = next ? new URL(next, location.href).searchParams.get("after") : null;
  return { text: await answer.text(), after };
}

/** Ask for a change, of the state with that tag if one is given; returns the answer's body. */
export async function post(route, body, { parameters, tag, signal } = {}) {
  const headers = { "Content-Type": "application/json", "X-Requested-With": "easgate" };
  if (tag) headers["If-Match"] = tag;
  const asked = { method: "POST", headers, body: JSON.stringify(body ?? {}), signal };
  return (await sent(address(route, parameters), asked)).body;
}

async function sent(url, { headers = {}, ...asked }) {
  const wanted = { Accept: "application/json, application/problem+json", ...headers };
  const answer = await answered(url, { ...asked, headers: wanted });
  return { body: await answer.json(), tag: answer.headers.get("ETag") };
}

async function answered(url, asked) {
  let answer;
  try {
    answer = await fetch(url, { ...asked, credentials: "same-origin" });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Problem(0);
  }
  if (answer.ok) return answer;
  const body = await answer.json().catch(() => null);
  throw new Problem(answer.status, body ?? { title: answer.statusText }, waitOf(answer));
}

function waitOf(answer) {
  const seconds = Number(answer.headers.get("Retry-After"));
  return seconds > 0 ? seconds : null;
}
