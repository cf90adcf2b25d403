// Everything moves into one encrypted file and back, by keyboard alone; what the file holds is readable nowhere.

import assert from "node:assert/strict";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { assertAccessible, loadAxe } from "./axe.mjs";
import { journey } from "./desk.mjs";
import { assertFits, picture, resize } from "./fits.mjs";
import { answer, filesAreSealed, formIsOpen, goToSection, isSaved, openDraft, startOrder } from "./form.mjs";
import { makeMarker, search } from "./marker.mjs";
import { goTo, settles, SIZES } from "./views.mjs";
import { until } from "./webdriver.mjs";

const PASSPHRASE = "seven quiet herons at dusk";
const BUTTONS_MAX = 60;

const text = (desk) => desk.page.run(() => document.body.innerText.replaceAll(/\s+/g, " "));
const says = (desk, what) => until(`the window to say ${what}`, async () => what.test(await text(desk)));

/** Goes by Tab to the button with that text. */
async function tabToButton(desk, name) {
  for (let pressed = 0; pressed < BUTTONS_MAX; pressed += 1) {
    const at = await desk.page.run(() => document.activeElement?.innerText?.trim() ?? "");
    if (at === name) return;
    await desk.press("Tab");
  }
  throw new Error(`Tab does not lead to ${name}`);
}

/** Types a passphrase twice and enters it. */
async function chooses(desk, passphrase) {
  await desk.page.type(passphrase);
  await desk.press("Tab");
  await desk.page.type(passphrase);
  await desk.press("Enter");
}

/** Types an order with a marker and a file that holds it. */
async function typed(desk, marker) {
  const paper = join(desk.papers, "paper.txt");
  writeFileSync(paper, `before ${marker} after`);
  await startOrder(desk);
  await goToSection(desk, 1);
  await answer(desk, "customer.person", { text: marker });
  desk.picks(paper);
  await desk.press("Control+o");
  await filesAreSealed(desk, 1);
  await isSaved(desk);
}

async function shown(desk, what) {
  for (const [width, height] of SIZES) {
    await resize(desk, width, height);
    await settles(desk);
    await assertFits(desk, width, height, what);
    await picture(desk, `${what} ${width}`, width, height);
  }
  await assertAccessible(desk, what);
}

const person = (desk) =>
  desk.page.run(() => document.querySelector("[name='customer.person'], [id$='customer.person']")?.value);

journey(
  "everything moves into one file and back from it, by keyboard",
  async (desk) => {
    const marker = makeMarker();
    const backup = join(desk.papers, "backup");
    mkdirSync(backup);
    const file = join(backup, "moved.satchel");
    await desk.start();
    await loadAxe(desk);
    await typed(desk, marker);
    await desk.press("Control+,");
    await tabToButton(desk, "Export…");
    await desk.press("Enter");
    await shown(desk, "settings, exporting");
    desk.picks(file);
    await chooses(desk, PASSPHRASE);
    await says(desk, /Exported: 1 order with 1 attached file/);
    for (const folder of [desk.root, backup]) assert.deepEqual(search(folder, marker), [], "it is encrypted");
    assert.deepEqual(search(desk.root, PASSPHRASE), []);
    await desk.stop();

    // Another computer: a vault of its own, in which nothing is yet.
    rmSync(desk.vault, { recursive: true });
    await desk.start();
    await loadAxe(desk);
    await desk.press("Control+,");
    await tabToButton(desk, "Choose a file…");
    desk.picks(file);
    await desk.press("Enter");
    await says(desk, /Passphrase of the file/);
    await desk.page.type("another passphrase");
    await desk.press("Enter");
    await says(desk, /This is not the passphrase of this file/);
    await desk.page.type(PASSPHRASE);
    await desk.press("Enter");
    await says(desk, /A whole vault: 1 draft, 1 attached file/);
    await shown(desk, "settings, restoring");
    await tabToButton(desk, "Restore everything");
    await desk.press("Enter");
    await says(desk, /Restored from a file of/);
    await loadAxe(desk);
    await shown(desk, "restored");
    await openDraft(desk);
    await formIsOpen(desk);
    assert.equal(await person(desk), marker);
    await filesAreSealed(desk, 1);
    await desk.click("button", "I have looked");
    await until("the notice to go", async () => !/Restored from a file/.test(await text(desk)));
    assert.deepEqual(search(desk.root, marker), [], "nor is it readable where it was restored");
    await desk.stop();
    await desk.start();
    assert.doesNotMatch(await text(desk), /Restored from a file/);
  },
  { withinMs: 240_000 },
);

journey(
  "one draft goes out of its form and comes in beside it, and the vault gets a new key",
  async (desk) => {
    const marker = makeMarker();
    const file = join(desk.papers, "draft.satchel");
    await desk.start();
    await loadAxe(desk);
    await typed(desk, marker);
    await desk.click("button", "More");
    await desk.press("ArrowDown", "Enter");
    await desk.find("heading", "Export this draft");
    await shown(desk, "exporting a draft");
    desk.picks(file);
    await chooses(desk, PASSPHRASE);
    await says(desk, /Exported: 1 order with 1 attached file/);
    await desk.press("Control+,");
    await tabToButton(desk, "Make a new key…");
    await desk.press("Enter");
    await says(desk, /Everything in the vault is written anew/);
    await tabToButton(desk, "Make a new key");
    await desk.press("Enter");
    await says(desk, /The vault has a new key/);
    await tabToButton(desk, "Choose a file…");
    desk.picks(file);
    await desk.press("Enter");
    await says(desk, /Passphrase of the file/);
    await desk.page.type(PASSPHRASE);
    await desk.press("Enter");
    await says(desk, /One draft with 1 attached file/);
    await tabToButton(desk, "Bring the drafts in");
    await desk.press("Enter");
    await says(desk, /1 draft came in/);
    await goTo(desk, "Drafts");
    await says(desk, /Drafts 2/);
    await desk.stop();
    await desk.start();
    await goTo(desk, "Drafts");
    await says(desk, /Drafts 2/);
    assert.deepEqual(search(desk.root, marker), []);
  },
  { withinMs: 240_000 },
);

journey(
  "what the organization set is asked for at the first run, and shown",
  async (desk) => {
    const policies = join(desk.vault, "..", "policies");
    mkdirSync(policies, { recursive: true, mode: 0o755 });
    const policy = { RequirePassphrase: true, IdleLockMinutes: 5, LocalRetentionDays: "90" };
    writeFileSync(join(policies, "satchel.json"), JSON.stringify(policy), { mode: 0o644 });
    await desk.start();
    await loadAxe(desk);
    await says(desk, /Your organization asks for a passphrase/);
    await shown(desk, "first run, passphrase asked for");
    await chooses(desk, PASSPHRASE);
    await desk.find("heading", /recovery kit/i);
    await desk.press("Escape");
    await desk.press("Control+,");
    await says(desk, /Managed by your organization.*LocalRetentionDays is not 1 to 3650/);
    await shown(desk, "settings, managed");
    await desk.lock();
    await desk.page.type(PASSPHRASE);
    await desk.press("Enter");
    await says(desk, /Drafts/);
  },
  { withinMs: 120_000 },
);
