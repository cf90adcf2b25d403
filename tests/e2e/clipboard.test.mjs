// What is copied of a sensitive answer leaves the clipboard again: after a while, and at a lock.

import assert from "node:assert/strict";

import { journey } from "./desk.mjs";
import { answer, goToSection, isSaved, openDraft, reveal, startOrder, tabTo } from "./form.mjs";
import { until } from "./webdriver.mjs";

const RECORD = "subject.record_number";
const PLAIN = "instructions.provider";
/** Longer than something sensitive stays in the clipboard, on a busy computer. */
const CLEARED_MS_MAX = 50_000;

journey(
  "takes a sensitive answer out of the clipboard after a while, and nothing else",
  async (desk) => {
    await desk.start();
    await orderWith(desk, "MRN 48-1290");
    assert.equal(await paste(desk), "MRN 48-1290", "it is copied");
    await until("the clipboard to be empty", async () => (await paste(desk)) === "", {
      withinMs: CLEARED_MS_MAX,
    });
    // What else is copied meanwhile stays.
    await goToSection(desk, 4);
    await copyRevealed(desk);
    await goToSection(desk, 9);
    await tabTo(desk, PLAIN);
    await desk.page.type("plain words");
    await desk.press("Control+a", "Control+c");
    const begun = performance.now();
    await until("the time to be over", () => performance.now() - begun > 33_000, {
      withinMs: CLEARED_MS_MAX,
    });
    assert.equal(await paste(desk), "plain words");
  },
  { withinMs: 150_000 },
);

journey("takes a sensitive answer out of the clipboard when it locks", async (desk) => {
  await desk.start();
  await orderWith(desk, "MRN 48-1290");
  assert.equal(await paste(desk), "MRN 48-1290");
  await desk.lock();
  await desk.press("Enter");
  await until("the vault to be open", () => desk.page.run(() => /Drafts\s*1/.test(document.body.innerText)));
  await openDraft(desk);
  assert.equal(await paste(desk), "");
});

journey("tells in Settings where the vault is and what keeps others from it", async (desk) => {
  await desk.start();
  await desk.press("Control+,");
  const says = await until("what is known of the vault", () =>
    desk.page.run(
      () => /Disk encryption[^]*Folder of the vault[^]*Size[^]*About/.exec(document.body.innerText)?.[0],
    ),
  );
  assert.match(says, /Encrypted|None found|Could not be told/);
  assert.ok(says.includes(desk.vault));
  assert.match(says, /You alone/);
});

/** Starts an order with a sensitive answer, and copies that. */
async function orderWith(desk, record) {
  await startOrder(desk);
  await goToSection(desk, 4);
  await answer(desk, RECORD, { text: record });
  await isSaved(desk);
  await desk.press("Tab");
  await copyRevealed(desk);
}

async function copyRevealed(desk) {
  await reveal(desk, RECORD);
  await desk.press("Control+a", "Control+c");
  await until("that it is told", () =>
    desk.page.run(() => /takes it out of the clipboard/.test(document.body.innerText)),
  );
}

/** Returns what a paste puts into a field of several lines, which it empties before and after. */
async function paste(desk) {
  await goToSection(desk, 9);
  await tabTo(desk, PLAIN);
  await desk.press("Control+a", "Delete", "Control+v");
  const pasted = await desk.page.run((path) => document.getElementById(`field:${path}`).value, PLAIN);
  await desk.press("Control+a", "Delete");
  return pasted;
}
