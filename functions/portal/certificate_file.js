/** A certificate out of a file or a text, as the API takes it; private keys stay where they are. */

import { Problem } from "./api.js";
import { field } from "./dialogs.js";
import { element } from "./dom.js";

const LONGEST = 24 * 1024; // bytes
const SEQUENCE = 0x30; // how ASN.1 marks one; what a certificate begins with, inside and out

/** Return the form's fields, and `read`, which returns PEM or base64 of DER, or "". */
export function certificateFields(name) {
  const file = element("input", { type: "file", accept: ".cer,.crt,.der,.pem" });
  const text = element("textarea", {
    rows: 4,
    maxlength: 30_000,
    spellcheck: "false",
    autocomplete: "off",
  });
  const content = [
    field(`${name}, as a file`, file, "DER or PEM. It is read here; a private key is never sent."),
    field(`${name}, as text`, text, "In place of the file: PEM, or base64 of DER."),
  ];
  const read = async () => {
    const [chosen] = file.files;
    return checked(chosen ? await textOf(chosen) : text.value.trim());
  };
  return { content, read };
}

async function textOf(file) {
  if (file.size > LONGEST) throw refused("The file is too large for a certificate.");
  const bytes = new Uint8Array(await file.arrayBuffer());
  const text = new TextDecoder().decode(bytes).trim();
  if (text.startsWith("-----BEGIN")) return text;
  if (!isSequenceInSequence(bytes)) throw refused("The file holds no certificate alone.");
  return btoa(String.fromCharCode(...bytes));
}

/** Private keys, and files that hold them beside a certificate, have a number there. */
function isSequenceInSequence(bytes) {
  const more = bytes[1] < 0x80 ? 0 : bytes[1] & 0x7f; // bytes of a length that needs several
  return bytes[0] === SEQUENCE && bytes[2 + more] === SEQUENCE;
}

function checked(text) {
  if (text.includes("PRIVATE KEY")) {
    throw refused("There is a private key in it. Give the certificate alone.");
  }
  return text;
}

function refused(detail) {
  return new Problem(400, { title: "Not sent", detail });
}
