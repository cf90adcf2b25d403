// The searcher of marker.mjs finds what was planted: without this, finding nothing would prove nothing.

import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { formsOf, makeMarker, search } from "./marker.mjs";

const marker = makeMarker();
let folder;

before(() => {
  folder = mkdtempSync(join(tmpdir(), "satchel-marker-"));
  mkdirSync(join(folder, "deep", "er"), { recursive: true });
  writeFileSync(join(folder, "deep", "innocent"), "Łódź 100 %");
});
after(() => rmSync(folder, { recursive: true }));

/** Writes a file that holds the content between other bytes, and searches for the marker. */
function plant(content) {
  const file = join(folder, "deep", "er", "planted");
  writeFileSync(
    file,
    Buffer.concat([Buffer.from([0, 255, 10]), Buffer.from(content), Buffer.from([0, 254])]),
  );
  const found = search(folder, marker);
  rmSync(file);
  return found;
}

test("finds nothing where nothing is", () => {
  assert.deepEqual(search(folder, marker), []);
});

for (const [form, bytes] of formsOf(marker)) {
  test(`finds ${form}`, () => assert.ok(plant(bytes).includes(`deep/er/planted: ${form}`)));
}

// Written by other means than the searcher's own, so that both cannot be wrong in the same way.
for (const [what, content] of [
  ["in a larger JSON text", JSON.stringify({ before: "x", note: `a ${marker} b` })],
  ["in an address", new URL(`https://localhost/?q=${encodeURIComponent(`a${marker}b`)}`).href],
  ...["", "x", "xy", "xyz"].map((lead) => [
    `in base64 after ${lead.length} bytes`,
    Buffer.from(`${lead}${marker} and more`).toString("base64"),
  ]),
  ["in base64url", Buffer.from(`x${marker}`).toString("base64url")],
  ["in a list of bytes", JSON.stringify([...new TextEncoder().encode(`a ${marker} b`)])],
  ["in hexadecimal digits", Buffer.from(`x${marker}y`).toString("hex")],
  ["in a page", `<p title="a ${marker.replaceAll('"', "&quot;")} b">`],
  ["in UTF-16LE at an odd place", Buffer.concat([Buffer.from("x"), Buffer.from(marker, "utf16le")])],
]) {
  test(`finds it ${what}`, () => assert.notDeepEqual(plant(content), []));
}

test("finds it in names and in the targets of links", () => {
  const name = encodeURIComponent(marker);
  mkdirSync(join(folder, name));
  symlinkSync(name, join(folder, "link"));
  assert.deepEqual(search(folder, marker).sort(), [`${name}: percent, in the name`, "link: percent"].sort());
});
