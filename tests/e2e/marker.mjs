// A marker that is typed in a journey, and the search for it in every file that was left.

import { randomBytes } from "node:crypto";
import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join, relative } from "node:path";

/** Makes a text that is nowhere else. JSON, percent and base64 write it in ways of their own. */
export function makeMarker() {
  return `Łódź "${randomBytes(12).toString("hex")}" \\ 100 %`;
}

/** Returns the ways in which a program may have written the text, by name. Nothing is decompressed. */
export function formsOf(text) {
  const bytes = Buffer.from(text);
  const json = JSON.stringify(text).slice(1, -1);
  return new Map(
    Object.entries({
      "UTF-8": bytes,
      "UTF-16LE": Buffer.from(text, "utf16le"),
      "UTF-16BE": Buffer.from(text, "utf16le").swap16(),
      hex: Buffer.from(bytes.toString("hex")),
      "hex, upper case": Buffer.from(bytes.toString("hex").toUpperCase()),
      "decimal bytes": Buffer.from([...bytes].join(",")),
      "decimal bytes, spaced": Buffer.from([...bytes].join(", ")),
      HTML: Buffer.from(text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;")),
      ...Object.fromEntries(base64Forms(bytes)),
      JSON: Buffer.from(json),
      "JSON in ASCII": Buffer.from(inAscii(json)),
      percent: Buffer.from(encodeURIComponent(text)),
      "percent, lower case": Buffer.from(
        encodeURIComponent(text).replaceAll(/%../g, (escape) => escape.toLowerCase()),
      ),
      "percent, form": Buffer.from(new URLSearchParams([["", text]]).toString().slice(1)),
    }),
  );
}

/** Returns where the text is, as `path: form`; a name of a file or folder counts as well. */
export function search(folder, text) {
  const forms = [...formsOf(text)];
  const found = [];
  for (const path of everythingIn(folder)) {
    const name = relative(folder, path);
    const content = contentOf(path);
    for (const [form, bytes] of forms) {
      if (content.includes(bytes)) found.push(`${name}: ${form}`);
      if (Buffer.from(name).includes(bytes)) found.push(`${name}: ${form}, in the name`);
    }
  }
  return found;
}

/** Returns the paths of all files in the folder, relative to it. */
export function filesIn(folder) {
  return everythingIn(folder)
    .filter((path) => lstatSync(path).isFile())
    .map((path) => relative(folder, path))
    .sort();
}

/**
 * Base64 cuts bytes into threes, and the text may start anywhere in one. What stands whole in threes of its own looks
 * the same in every such file; the one or two bytes at either end do not.
 */
function base64Forms(bytes) {
  return [0, 1, 2].flatMap((skipped) => {
    const whole = bytes.subarray(skipped, bytes.length - ((bytes.length - skipped) % 3));
    return [
      [`base64 from byte ${skipped}`, Buffer.from(whole.toString("base64"))],
      [`base64url from byte ${skipped}`, Buffer.from(whole.toString("base64url"))],
    ];
  });
}

function inAscii(text) {
  return text.replaceAll(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

function everythingIn(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? [path, ...everythingIn(path)] : [path];
  });
}

function contentOf(path) {
  const kind = lstatSync(path, { throwIfNoEntry: false });
  if (kind?.isSymbolicLink()) return Buffer.from(readlinkSync(path));
  return kind?.isFile() && existsSync(path) ? readFileSync(path) : Buffer.alloc(0);
}
