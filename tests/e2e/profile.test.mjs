// What is typed or stored in the window is in no file, neither while it is open nor after it was closed or killed.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { journey } from "./desk.mjs";
import {
  answer,
  files,
  filesAreSealed,
  formIsOpen,
  goToSection,
  isSaved,
  openDraft,
  reveal,
  startOrder,
  tabTo,
} from "./form.mjs";
import { filesIn, makeMarker, search } from "./marker.mjs";
import { until } from "./webdriver.mjs";

/**
 * Every file that Satchel may leave, and why it says nothing about an order. Tauri opens a persistent profile that no
 * window uses, beside the ephemeral one of the window: hence the files of WebKit, and the salts are random.
 */
const MAY_BE_LEFT = [
  /^XDG_DATA_HOME\/org\.example\.satchel\.practice\/hsts-storage\.sqlite(-shm|-wal)?$/, // no site was visited
  /^XDG_DATA_HOME\/org\.example\.satchel\.practice\/(WebKitCache\/Version \d+|mediakeys\/v\d+|storage)\/salt$/,
  /^XDG_CACHE_HOME\/mesa_shader_cache\//, // programs of the graphics driver
  /^XDG_CACHE_HOME\/fontconfig\//, // which fonts the computer has
  /^XDG_RUNTIME_DIR\/dconf\/user$/, // whether settings of the desktop changed
  /^XDG_DATA_HOME\/keyrings\/(login\.keyring|user\.keystore)$/, // the desktop's keyring, under the login's password
  /^XDG_DATA_HOME\/org\.example\.satchel\.practice\/vault\/(journal\.satchel|vault\.keys|vault\.lock)$/, // docs/FORMATS.md
  /^XDG_DATA_HOME\/org\.example\.satchel\.practice\/vault\/snapshot\.satchel$/, // sealed pieces
  /^XDG_DATA_HOME\/org\.example\.satchel\.practice\/vault\/cache\/(conf|db|snap\.[0-9A-F]+)$/, // sealed records
  /^XDG_DATA_HOME\/org\.example\.satchel\.practice\/vault\/attachments\/[0-9a-f]{32}\.sealed$/, // sealed files
];

/** One field of every kind that takes text, and how the form goes on to ask it. */
const FIELDS = [
  { section: 1, path: "customer.person", kind: "text" },
  { section: 1, path: "customer.email", kind: "e-mail" },
  { section: 1, path: "customer.phone", kind: "phone" },
  { section: 4, path: "subject.birth_date", kind: "date, masked", isMasked: true },
  { section: 4, path: "subject.ssn", kind: "social security number", isMasked: true },
  { section: 4, path: "subject.record_number", kind: "text, masked", isMasked: true },
  { section: 4, path: "subject.address.line1", kind: "part of an address, masked", isMasked: true },
  { section: 4, path: "subject.injury", kind: "paragraph, masked", isMasked: true },
  { section: 8, path: "delivery.needed_by", kind: "date" },
  {
    section: 8,
    path: "delivery.copy_sets",
    kind: "number",
    asks: { "delivery.form": { select: "Files and paper" } },
  },
  { section: 9, path: "instructions.provider", kind: "paragraph" },
];

journey(
  "what is typed into a form, revealed and attached is in no file, open, closed or killed",
  async (desk) => {
    const marker = makeMarker();
    // A name that may be in an order as it is.
    const name = `Łódź ${randomUUID()}.txt`;
    const paper = join(desk.papers, name);
    writeFileSync(paper, `before ${marker} after`);
    const assertNowhere = (when) => {
      for (const text of [marker, name]) assert.deepEqual(search(desk.root, text), [], when);
    };
    await desk.start();
    await startOrder(desk);
    for (const { section, path, asks = {} } of FIELDS) {
      await goToSection(desk, section);
      for (const [other, given] of Object.entries(asks)) await answer(desk, other, given);
      await tabTo(desk, path);
      await desk.page.type(marker);
      assert.equal(await valueOf(desk, path), marker, path);
    }
    await desk.press("Control+Shift+a");
    await until("the new location", async () => (await focusedPath(desk)) === "locations.0.custodian");
    await answer(desk, "locations.0.custodian", { text: marker });
    await answer(desk, "locations.0.address", { parts: { line1: marker } });
    await isSaved(desk);
    desk.picks(paper);
    await desk.press("Control+o");
    await filesAreSealed(desk, 1);
    assert.deepEqual(Object.keys(await files(desk)), [name]);
    assertNowhere("while it is typed");
    await desk.kill();
    assertNowhere("after a kill");

    await desk.start();
    await openDraft(desk);
    for (const { section, path, isMasked } of FIELDS) {
      await goToSection(desk, section);
      if (isMasked) {
        await reveal(desk, path.replace(/\.line1$/, ""));
        assertNowhere(`while ${path} is revealed`);
      }
      assert.equal(await valueOf(desk, path), marker, `${path} after the kill`);
    }
    await desk.press("Control+Enter");
    await until("the review", () =>
      desk.page.run(
        (marker) => document.querySelector("article.sheet")?.textContent.includes(marker),
        marker,
      ),
    );
    assertNowhere("while it is reviewed");
    await desk.press("Escape");
    await formIsOpen(desk);
    await desk.press("Escape");
    await until("the list", () => desk.page.run(() => document.querySelector("tbody tr") !== null));
    await desk.press("Control+f");
    await desk.page.type(marker);
    await until("the search", () =>
      desk.page.run(() => /of 1 draft/.test(document.querySelector("main").innerText)),
    );
    await desk.stop();
    assertNowhere("after the window was closed");
  },
);

journey("what the page stores is in no file, and forgotten when the window closes", async (desk) => {
  const marker = makeMarker();
  await desk.start();
  assert.deepEqual(await desk.page.runAsync(storeEverywhere, marker), {
    localStorage: "stored",
    sessionStorage: "stored",
    indexedDB: "stored",
  });
  assert.deepEqual(search(desk.root, marker), [], "while the window is open");
  await desk.stop();
  assert.deepEqual(search(desk.root, marker), [], "after the window was closed");
  await desk.start();
  const kept = await desk.page.runAsync(async () => [
    localStorage.length,
    sessionStorage.length,
    (await indexedDB.databases()).length,
  ]);
  assert.deepEqual(kept, [0, 0, 0]);
});

journey("has the engine remember and check the spelling of no field", async (desk) => {
  await desk.start();
  await startOrder(desk);
  const sections = await desk.page.run(() => document.querySelectorAll(".form-section").length);
  let seen = 0;
  for (let section = 1; section <= sections; section += 1) {
    await goToSection(desk, section);
    const { fields, helped } = await fieldsThatAreHelped(desk);
    assert.deepEqual(helped, [], `in section ${section}`);
    seen += fields;
  }
  assert.ok(seen >= sections, `${seen} fields in ${sections} sections`);
  await desk.press("Control+,");
  await desk.click("button", /^Set a passphrase/);
  const { fields, helped } = await fieldsThatAreHelped(desk);
  assert.ok(fields >= 2, "a passphrase is typed twice");
  assert.deepEqual(helped, []);
});

journey("leaves only files that are known", async (desk) => {
  const paper = join(desk.papers, "Complaint.txt");
  writeFileSync(paper, "a complaint");
  await desk.start();
  await startOrder(desk);
  await answer(desk, "customer.person", { text: "Dana Whitfield" });
  desk.picks(paper);
  await desk.press("Control+o");
  await filesAreSealed(desk, 1);
  await desk.stop();
  const left = filesIn(desk.root);
  assert.deepEqual(
    left.filter((file) => !MAY_BE_LEFT.some((known) => known.test(file))),
    [],
  );
});

const valueOf = (desk, path) =>
  desk.page.run((path) => document.getElementById(`field:${path}`)?.value, path);
const focusedPath = (desk) =>
  desk.page.run(() => document.activeElement?.closest("[data-path]")?.dataset.path);

/** Runs in the page: stores the text wherever a page can, and says what came of it. */
async function storeEverywhere(text) {
  const tried = async (store) => {
    try {
      await store();
      return "stored";
    } catch (error) {
      return String(error);
    }
  };
  return {
    localStorage: await tried(() => localStorage.setItem(text, text)),
    sessionStorage: await tried(() => sessionStorage.setItem(text, text)),
    indexedDB: await tried(
      () =>
        new Promise((stored, refused) => {
          const opening = indexedDB.open("marker");
          opening.onerror = () => refused(opening.error);
          opening.onupgradeneeded = () => opening.result.createObjectStore("texts");
          opening.onsuccess = () => {
            const change = opening.result.transaction("texts", "readwrite", { durability: "strict" });
            change.objectStore("texts").put(text, text);
            change.oncomplete = () => stored();
            change.onerror = () => refused(change.error);
          };
        }),
    ),
  };
}

/** Counts the fields that take text, and names those that the engine may fill in, remember or look up in a dictionary. */
function fieldsThatAreHelped(desk) {
  return desk.page.run(() => {
    const fields = [...document.querySelectorAll("input, textarea")].filter(
      ({ type }) => !["radio", "checkbox"].includes(type),
    );
    const helped = fields.filter(
      ({ autocomplete, spellcheck }) => autocomplete !== "off" || spellcheck !== false,
    );
    return { fields: fields.length, helped: helped.map(({ id, name }) => id || name) };
  });
}
