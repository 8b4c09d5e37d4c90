/**
 * Elements from names, attributes and text.
 *
 * No function of the page reads markup: what comes from outside, down to a device's name, is text.
 */

const SVG = "http://www.w3.org/2000/svg";
const REFUSED = /^(on|style$|srcdoc$)/i;

/** Make an HTML element; `on` holds listeners, null and false are left out. */
export function element(name, attributes = {}, ...children) {
  return filled(document.createElement(name), attributes, children);
}

/** Make an SVG element. */
export function drawn(name, attributes = {}, ...children) {
  return filled(document.createElementNS(SVG, name), attributes, children);
}

/** Replace what *place* shows. */
export function show(place, ...children) {
  place.replaceChildren(...children.flat(Infinity).filter(isThere));
  return place;
}

/** Say something to those who listen rather than look. */
export function say(text) {
  document.getElementById("said").textContent = text;
}

let made = 0;

/** Return an id that no other element has. */
export function newId(prefix) {
  made += 1;
  return `${prefix}-${made}`;
}

function filled(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "on") {
      for (const [event, listener] of Object.entries(value)) node.addEventListener(event, listener);
    } else if (isThere(value)) {
      set(node, name, value);
    }
  }
  node.append(...children.flat(Infinity).filter(isThere));
  return node;
}

function set(node, name, value) {
  if (REFUSED.test(name)) throw new TypeError(`${name} is not set by name`);
  if (name === "href" && new URL(value, location.href).origin !== location.origin) {
    throw new TypeError("links stay on this site");
  }
  node.setAttribute(name, value === true ? "" : String(value));
}

function isThere(value) {
  return value !== null && value !== undefined && value !== false;
}
