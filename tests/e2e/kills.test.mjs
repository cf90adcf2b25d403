// Killed while somebody types, and while a file is sealed: what the status line called Saved is there, and nothing twice.

import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { basename, join } from "node:path";

import { journey } from "./desk.mjs";
import { files, filesAreSealed, goToSection, isSaved, openDraft, startOrder, tabTo } from "./form.mjs";
import { sealedFiles, sealedLength, writeLarge, writePdf } from "./papers.mjs";
import { until } from "./webdriver.mjs";

const MB = 1_000_000;
const FIELD = "instructions.provider";

/**
 * The moments of the kills. Between pieces: after so many pieces of a text were typed, with or without a wait for Saved
 * before the last one. Inside of one: while a piece is typed, once so many more entries were written to the journal.
 */
const MOMENTS = [
  { pieces: 1 },
  { pieces: 2, waits: true },
  { entries: 1 },
  { pieces: 4 },
  { entries: 2, waits: true },
  { pieces: 3, waits: true },
  { entries: 1, waits: true },
  { pieces: 7 },
  { entries: 3 },
  { pieces: 5, waits: true },
];

journey("keeps what the status line called Saved through ten kills while typing", async (desk) => {
  await desk.start();
  await startOrder(desk);
  let kept = "";
  for (const [turn, moment] of MOMENTS.entries()) {
    await goToSection(desk, 9);
    await tabTo(desk, FIELD);
    assert.equal(await shown(desk), kept, "where the typing goes on");
    await desk.press("Control+End");
    const { typed, saved } = await typeUntil(desk, moment, turn, kept);
    await desk.kill();
    await desk.start();
    await openDraft(desk);
    await goToSection(desk, 9);
    kept = await shown(desk);
    const what = `kill ${turn + 1}, of ${JSON.stringify(moment)}`;
    assert.ok(kept.startsWith(saved), `${what}: ${saved} was saved, and ${kept} is left`);
    assert.ok(typed.startsWith(kept), `${what}: ${kept} is nothing that was typed`);
  }
  assert.ok(kept.length > 0, "nothing was ever saved");
});

/** Types up to a moment, and returns what was typed and what of it the status line called Saved. */
async function typeUntil(desk, { pieces = 1, waits = false, entries = 0 }, turn, before) {
  let typed = before;
  let saved = before;
  const look = async () => {
    const seen = await desk.page.run((path) => {
      const says = document.querySelector("footer .status-words").innerText;
      return {
        isSaved: says.trim().startsWith("Saved "),
        shown: document.getElementById(`field:${path}`).value,
      };
    }, FIELD);
    if (seen.isSaved) saved = seen.shown;
  };
  for (let piece = 0; piece < pieces; piece += 1) {
    const text = ` ${turn}.${piece}ß`;
    await desk.page.type(text);
    typed += text;
    if (waits && piece === pieces - 1) await isSaved(desk);
    await look();
  }
  if (entries === 0) {
    await desk.page.type(".");
    return { typed: `${typed}.`, saved };
  }
  const text = ` ${turn} and a text that goes on for longer than one pause between two saves, word after word`;
  const journal = () => statSync(join(desk.vault, "journal.satchel")).size;
  let size = journal();
  // Nobody waits for the last key: Satchel is killed between two of them.
  desk.page.type(text.repeat(12)).catch(() => undefined);
  for (let entry = 0; entry < entries; entry += 1) {
    await until("an entry in the journal", () => journal() > size);
    size = journal();
  }
  return { typed: typed + text.repeat(12), saved };
}

function shown(desk) {
  return desk.page.run((path) => document.getElementById(`field:${path}`).value, FIELD);
}

journey("seals a file anew that a kill cut off, once, and leaves the others alone", async (desk) => {
  const first = writePdf(join(desk.papers, "Complaint.pdf"), 3);
  const large = writeLarge(join(desk.papers, "Deposition.mp4"), 300 * MB);
  await desk.start();
  await startOrder(desk);
  desk.picks(first.path);
  await desk.press("Control+o");
  await filesAreSealed(desk, 1);
  const before = sealedFiles(desk.vault);
  assert.deepEqual(
    before.map(({ size }) => size),
    [sealedLength(first)],
  );
  desk.picks(large.path);
  await desk.press("Control+o");
  await until("the middle of the sealing", async () => {
    const percent = /sealing (\d+)%/.exec((await files(desk))[basename(large.path)])?.[1];
    return percent !== undefined && Number(percent) > 0;
  });
  await desk.kill();
  const cut = sealedFiles(desk.vault).filter(({ name }) => !before.some((other) => other.name === name));
  assert.equal(cut.length, 1, "what the kill left");
  assert.ok(cut[0].name.endsWith(".part") && cut[0].size < sealedLength(large), "it was cut off");

  await desk.start();
  await openDraft(desk);
  await filesAreSealed(desk, 2);
  assert.deepEqual(Object.keys(await files(desk)), [basename(first.path), basename(large.path)]);
  const after = sealedFiles(desk.vault);
  assert.deepEqual(
    after.filter(({ name }) => before.some((other) => other.name === name)),
    before,
    "the file that was sealed before",
  );
  assert.deepEqual(
    after.map(({ size }) => size).sort(byNumber),
    [first, large].map(sealedLength).sort(byNumber),
  );
  assert.ok(
    after.every(({ name }) => name !== cut[0].name && name.endsWith(".sealed")),
    "nothing is left of the first try",
  );

  await desk.stop();
  await desk.start();
  await openDraft(desk);
  await filesAreSealed(desk, 2);
  assert.deepEqual(sealedFiles(desk.vault), after, "nothing is sealed again");
});

function byNumber(one, other) {
  return one - other;
}
