// What goes wrong around Satchel is said in its window, in words that help, and loses nothing.

import assert from "node:assert/strict";
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";

import { assertAccessible, loadAxe } from "./axe.mjs";
import { journey } from "./desk.mjs";
import {
  answer,
  files,
  filesAreSealed,
  goToSection,
  isSaved,
  openDraft,
  startOrder,
  status,
  tabTo,
} from "./form.mjs";
import { blocksOf, parcel, railCount, submitOpen, typeOrder } from "./outbox.mjs";
import { sealedFiles, writeLarge, writePdf } from "./papers.mjs";
import { Provider } from "./provider.mjs";
import { until } from "./webdriver.mjs";

journey(
  "says that the keyring is locked, lets nothing be typed, and goes on once there is one that is open",
  async (desk) => {
    await desk.start();
    const says = "The keyring is locked";
    assert.equal(await heading(desk.page), says);
    assert.match(await status(desk), /^The vault is not open/);
    assert.ok(await desk.page.run(() => document.querySelector("nav, input, textarea, select") === null));
    await desk.press("Control+n");
    assert.equal(await heading(desk.page), says, "there is no way past it");
    assert.ok(!existsSync(desk.vault), "a vault whose key nobody keeps");
    await desk.unlockKeyring();
    await desk.press("Tab", "Enter");
    await until("the vault to open", async () => (await heading(desk.page)) === "Active");
    await startOrder(desk);
    await typeAndSave(desk, "Dana Whitfield");
  },
  { keyring: "locked" },
);

journey("says in a second window that Satchel is open, and the first goes on", async (desk) => {
  await desk.start();
  await startOrder(desk);
  await typeAndSave(desk, "Dana");
  const another = await desk.startAnother();
  assert.equal(await heading(another), "Satchel is already open");
  assert.match(await words(another), /vault_in_use/);
  await typeAndSave(desk, " Whitfield");
  await another.press("Tab", "Enter");
  await until("Retry to be answered", async () => /vault_in_use/.test(await words(another)));
  await desk.stop();
  await another.press("Enter");
  await until("the second window to take over", async () => (await heading(another)) === "Drafts");
});

journey("says at the start that the vault cannot be written, and opens it when it can", async (desk) => {
  await desk.start();
  await startOrder(desk);
  await typeAndSave(desk, "Dana Whitfield");
  await desk.stop();
  chmodSync(desk.vault, 0o500);
  chmodSync(join(desk.vault, "journal.satchel"), 0o400);
  await desk.start();
  assert.equal(await heading(desk.page), "The vault cannot be reached");
  chmodSync(desk.vault, 0o700);
  chmodSync(join(desk.vault, "journal.satchel"), 0o600);
  await desk.press("Tab", "Enter");
  await openDraft(desk);
  assert.equal(await value(desk), "Dana Whitfield");
});

journey(
  "says that the disk is full, keeps what was typed, and saves it when there is room",
  async (desk) => {
    await desk.start();
    await startOrder(desk);
    await typeAndSave(desk, "Dana");
    const journal = join(desk.vault, "journal.satchel");
    const size = statSync(journal).size;
    desk.limitFiles(size);
    await desk.page.type(" Whitfield");
    await until("the status line to say Not saved", async () => /^Not saved/.test(await status(desk)));
    assert.match(await status(desk), /keep Satchel open, it tries again by itself/);
    assert.match(
      await desk.page.run(() => document.getElementById("not-saved").textContent),
      /disk may be full/,
    );
    assert.equal(await value(desk), "Dana Whitfield", "what was typed stands in the field");
    assert.equal(statSync(journal).size, size, "nothing of it is in the journal");
    await desk.press("Control+Enter");
    await until("Review to be held back", async () => /^Not saved/.test(await status(desk)));
    assert.equal(await heading(desk.page), "Records retrieval");
    desk.limitFiles();
    // By itself, at the next try.
    await isSaved(desk, { withinMs: 20_000 });
    assert.equal(await desk.page.run(() => document.getElementById("not-saved")), null);
    await desk.kill();
    await desk.start();
    assert.deepEqual(await findings(desk), []);
    await openDraft(desk);
    assert.equal(await value(desk), "Dana Whitfield");
  },
  { withFilesLimited: true },
);

journey(
  "says that the disk is full when a file is attached, and keeps the others",
  async (desk) => {
    const small = writePdf(join(desk.papers, "Complaint.pdf"), 1);
    const large = join(desk.papers, "Scan.tif");
    writeFileSync(large, Buffer.alloc(9_000_000, "scan"));
    await desk.start();
    await startOrder(desk);
    await typeAndSave(desk, "Dana");
    desk.limitFiles(5_000_000);
    desk.picks(large, small.path);
    await desk.press("Control+o");
    await until("the files to end", async () => /· sealed/.test((await files(desk))["Complaint.pdf"]));
    assert.match(
      (await files(desk))["Scan.tif"],
      /not attached: The disk is full, so the file was not attached\./,
    );
    assert.equal(sealedFiles(desk.vault).length, 1, "nothing is left of it");
    await typeAndSave(desk, " Whitfield");
  },
  { withFilesLimited: true },
);

journey("says on a real disk that it is full, and loses nothing", async (desk, context) => {
  if (!desk.mountDisk(48_000_000)) {
    context.skip("no disk can be mounted here; it takes root and a loop device");
    return;
  }
  const large = join(desk.papers, "Scan.tif");
  writeFileSync(large, Buffer.alloc(60_000_000, "scan"));
  await desk.start();
  await startOrder(desk);
  await typeAndSave(desk, "Dana");
  desk.picks(large);
  await desk.press("Control+o");
  await until("the file to be refused", async () =>
    /not attached: The disk is full, so the file was not attached\./.test((await files(desk))["Scan.tif"]),
  );
  const ballast = join(desk.vault, "..", "ballast");
  fillDisk(ballast);
  // What was allotted to the journal takes a few changes more.
  await until(
    "the status line to say Not saved",
    async () => {
      await desk.page.type("a");
      await until("an answer of the disk", async () => /^(Not saved|Saved)/.test(await status(desk)));
      return /^Not saved/.test(await status(desk));
    },
    { withinMs: 30_000 },
  );
  const typed = await value(desk);
  rmSync(ballast);
  await isSaved(desk, { withinMs: 20_000 });
  await desk.kill();
  await desk.start();
  assert.deepEqual(await findings(desk), []);
  await openDraft(desk);
  assert.equal(await value(desk), typed);
});

journey(
  "says that a file changed while it was read, and attaches it when it is tried again",
  async (desk) => {
    const path = join(desk.papers, "Films.zip");
    writeFileSync(path, "films");
    truncateSync(path, 1_000_000_000);
    await desk.start();
    await startOrder(desk);
    await typeAndSave(desk, "Dana");
    desk.picks(path);
    await desk.press("Control+o");
    await until("the file to be read", async () => "Films.zip" in (await files(desk)));
    truncateSync(path, 2_000_000);
    await until("the file to be refused", async () =>
      /not attached: The file changed while it was read, so it was not attached\./.test(
        (await files(desk))["Films.zip"],
      ),
    );
    assert.deepEqual(sealedFiles(desk.vault), [], "nothing is left of it");
    await typeAndSave(desk, " Whitfield");
    desk.picks(path);
    await desk.press("Control+o");
    await until("the file to be attached", () => sealedFiles(desk.vault).length === 1);
  },
);

journey("says of each file that cannot be attached why, and attaches the others", async (desk) => {
  const [first, last] = ["First.pdf", "Last.pdf"].map((name) => writePdf(join(desk.papers, name), 1));
  const folder = join(desk.papers, "A folder");
  mkdirSync(folder);
  const locked = join(desk.papers, "Locked.pdf");
  writeFileSync(locked, "not for everyone", { mode: 0o000 });
  const gone = join(desk.papers, "Gone.pdf");
  await desk.start();
  await startOrder(desk);
  await typeAndSave(desk, "Dana");
  desk.picks(first.path, gone, folder, locked, last.path);
  await desk.press("Control+o");
  await until("the last file", async () => /· sealed/.test((await files(desk))["Last.pdf"]));
  const told = await files(desk);
  assert.match(told["First.pdf"], /· sealed$/);
  assert.match(told["Gone.pdf"], /not attached: The file is not there any more, so it was not attached\./);
  assert.match(told["A folder"], /not attached: This is a folder, so it was not attached\./);
  assert.match(told["Locked.pdf"], /not attached: The file cannot be read, so it was not attached\./);
  assert.equal(sealedFiles(desk.vault).length, 2);
  await desk.kill();
  await desk.start();
  await openDraft(desk);
  await until("the last file", async () => /· sealed/.test((await files(desk))["Last.pdf"]));
  assert.equal(await value(desk), "Dana");
  assert.equal(sealedFiles(desk.vault).length, 2, "what was attached is not attached again");
});

journey(
  "tells at the next start that the journal was damaged, and keeps what stood before it",
  async (desk) => {
    await desk.start();
    await startOrder(desk);
    await typeAndSave(desk, "Dana Whitfield");
    const journal = join(desk.vault, "journal.satchel");
    const good = statSync(journal).size;
    await answer(desk, "customer.email", { text: "dana@example.com" });
    await isSaved(desk);
    await desk.kill();
    const bytes = readFileSync(journal);
    assert.ok(bytes.length > good + 40);
    bytes[good + 40] ^= 1;
    writeFileSync(journal, bytes);
    await desk.start();
    const told = await findings(desk);
    assert.equal(told.length, 1);
    assert.match(
      told[0],
      /journal was damaged on disk\. Some changes, most likely the newest, could not be read/,
    );
    assert.deepEqual(
      readFileSync(/kept as (.*?)\. Check/.exec(told[0])[1]),
      bytes,
      "the damaged file is kept",
    );
    await openDraft(desk);
    assert.equal(await value(desk), "Dana Whitfield");
    await typeAndSave(desk, ", paralegal");
    await desk.stop();
    await desk.start();
    assert.deepEqual(await findings(desk), [], "told once");
    await openDraft(desk);
    assert.equal(await value(desk), "Dana Whitfield, paralegal");
  },
);

for (const [what, harm] of Object.entries({
  "is gone": (file) => rmSync(file),
  "was cut short": (file) => truncateSync(file, statSync(file).size - 1),
})) {
  journey(`tells at the next start that a sealed file ${what}`, async (desk) => {
    const papers = ["Complaint.pdf", "Authorization.pdf"].map((name) => writePdf(join(desk.papers, name), 2));
    await desk.start();
    await startOrder(desk);
    desk.picks(...papers.map(({ path }) => path));
    await desk.press("Control+o");
    await filesAreSealed(desk, 2);
    await desk.stop();
    harm(join(desk.vault, "attachments", sealedFiles(desk.vault)[0].name));
    await desk.start();
    const told = await until("a finding", async () => (await findings(desk))[0]);
    assert.match(told, /^1 attached file/);
    await openDraft(desk);
    assert.equal(Object.keys(await files(desk)).length, 2, "the order is there");
  });
}

journey(
  "says that a sealed file was changed on disk, sends nothing of it, and gives the order back",
  async (desk) => {
    const provider = new Provider(desk);
    const paper = writeLarge(join(desk.papers, "Scan.tif"), 9_000_000);
    await desk.start();
    await typeOrder(desk, [paper], "Call first.");
    await isSaved(desk);
    const [{ name }] = sealedFiles(desk.vault);
    const sealed = join(desk.vault, "attachments", name);
    const bytes = readFileSync(sealed);
    bytes[bytes.length >> 1] ^= 1;
    writeFileSync(sealed, bytes);
    await submitOpen(desk);
    await provider.start();
    await until("the order to be held back", async () => /Needs you/.test(await parcel(desk)));
    assert.match(
      await parcel(desk),
      /A sealed file of this order was changed on disk\. Nothing was sent in its place\./,
    );
    assert.ok(!blocksOf(provider, "files/1").some((block) => block.endsWith(" 1")), "the changed block left");
    await loadAxe(desk);
    await assertAccessible(desk, "an order that is held back");
    await desk.click("button", /^Take back: Records retrieval/);
    await until("the draft to be there again", async () => (await railCount(desk, "Drafts")) === "1");
  },
);

/** Writes a file until the disk takes no more. */
function fillDisk(path) {
  for (const piece of [1_000_000, 4_096, 1]) {
    try {
      for (;;) appendFileSync(path, Buffer.alloc(piece));
    } catch (error) {
      if (error.code !== "ENOSPC") throw error;
    }
  }
}

async function typeAndSave(desk, text) {
  if (!(await desk.page.run(() => document.activeElement?.id === "field:customer.person"))) {
    await goToSection(desk, 1);
    await tabTo(desk, "customer.person");
    await desk.press("End");
  }
  await desk.page.type(text);
  await isSaved(desk);
}

const value = (desk) => desk.page.run(() => document.getElementById("field:customer.person")?.value);
const heading = (page) => page.run(() => document.querySelector("h1")?.textContent);
const words = (page) => page.run(() => document.body.innerText);
const findings = (desk) =>
  desk.page.run(() =>
    [...document.querySelectorAll("[aria-label='Found when the vault was opened'] p")].map(
      (finding) => finding.textContent,
    ),
  );
