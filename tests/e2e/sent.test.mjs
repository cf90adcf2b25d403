// An order that is submitted while nobody answers, sent when somebody does, cut off half-way, and received: what the provider's
// operator opens is what was attached.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";

import { assertAccessible, loadAxe } from "./axe.mjs";
import { journey } from "./desk.mjs";
import { filesAreSealed, startOrder, status, tabTo } from "./form.mjs";
import { makeMarker, search } from "./marker.mjs";
import { fill, ORDER } from "./order.mjs";
import { writeLarge, writePdf } from "./papers.mjs";
import { Provider } from "./provider.mjs";
import { goTo } from "./views.mjs";
import { until } from "./webdriver.mjs";

const MB = 1_000_000;
/** A region in its sealed form: one block of the upload. */
const BLOCK_BYTES = 4_194_304 + 28;
/** How many blocks can be on their way when Satchel is killed. */
const ON_THEIR_WAY_MAX = 4;
const UPLOAD_MS_MAX = 60_000;

journey("an order goes out once, through a cut, and the operator opens what was sent", async (desk) => {
  const marker = makeMarker();
  const provider = new Provider(desk);
  const papers = [
    writePdf(join(desk.papers, "Authorization, signed.pdf"), 3),
    writeLarge(join(desk.papers, "Scan of the chart.tif"), 40 * MB),
    writeLarge(join(desk.papers, "Films.zip"), 300 * MB),
  ];
  await desk.start();
  await submitOrder(desk, papers, marker);
  await until("the outbox to wait for a provider", async () =>
    (await parcel(desk)).includes("Will be sent once this computer is connected with a provider"),
  );
  assert.match(await status(desk), /1 order waiting for a connection/);

  await provider.start();
  await until("a good part of the films", () => blocksOf(provider, "files/3").length >= 12, {
    withinMs: UPLOAD_MS_MAX,
  });
  await desk.kill();
  const sentBefore = provider.blocks();
  assert.ok(blocksOf(provider, "files/3").length < blockCount(300 * MB), "it was killed half-way");

  await desk.start();
  await until("the order to be received", async () => (await railCount(desk, "Active")) === "1", {
    withinMs: UPLOAD_MS_MAX,
  });
  assert.equal(await railCount(desk, "Outbox"), "0");
  assertSentOnce(provider, sentBefore, papers);

  await receivedIsShown(desk);
  await operatorOpens(desk, provider, papers);
  for (const folder of [desk.root, provider.folder]) assert.deepEqual(search(folder, marker), [], folder);
});

journey("an order is taken back before anything of it was sent", async (desk) => {
  await desk.start();
  await submitOrder(desk, [], makeMarker());
  await desk.click("button", /^Take back: Records retrieval/);
  await until("the draft to be there again", async () => (await railCount(desk, "Drafts")) === "1");
  assert.equal(await railCount(desk, "Outbox"), "0");
});

journey("a provider that goes away in the middle is waited for", async (desk) => {
  const provider = new Provider(desk);
  await provider.start();
  await desk.start();
  const papers = [writeLarge(join(desk.papers, "Films.zip"), 300 * MB)];
  await submitOrder(desk, papers, makeMarker());
  await until("a part of the films", () => blocksOf(provider, "files/1").length >= 4, {
    withinMs: UPLOAD_MS_MAX,
  });
  await provider.kill();
  await until("the outbox to say that it waits", async () => /Offline|Stalled/.test(await parcel(desk)));
  await desk.page.runText("");
  await loadAxe(desk);
  await assertAccessible(desk, "the outbox while it waits");
  await provider.start();
  await desk.click("button", /^Send now: Records retrieval/);
  await until("the order to be received", async () => (await railCount(desk, "Active")) === "1", {
    withinMs: UPLOAD_MS_MAX,
  });
});

/** Types an order with a marker in it, attaches the papers, and submits it by keyboard. */
async function submitOrder(desk, papers, marker) {
  await startOrder(desk);
  await fill(desk, { ...ORDER, 9: { "instructions.provider": { text: marker } } });
  if (papers.length > 0) {
    desk.picks(...papers.map(({ path }) => path));
    await desk.press("Control+o");
    await filesAreSealed(desk, papers.length);
  }
  await tabTo(desk, "instructions.provider");
  await desk.press("Control+Enter");
  await desk.find("button", /^Submit order/);
  await desk.press("Control+Enter");
  await desk.reads("heading", "Outbox", "Outbox");
}

/** What the outbox says of its one order. */
function parcel(desk) {
  return desk.page.run(() => document.querySelector(".parcel")?.innerText ?? "");
}

/** The count that stands beside a list in the rail. */
function railCount(desk, list) {
  return desk.page.run((list) => {
    const buttons = [...document.querySelectorAll("nav.rail button")];
    return buttons.find((button) => button.innerText.startsWith(list))?.innerText.match(/\d+$/)?.[0];
  }, list);
}

function blocksOf(provider, part) {
  return provider.blocks().filter((block) => block.includes(part));
}

function blockCount(bytes) {
  return Math.ceil(bytes / 4_194_304);
}

/** Holds that every block of every file came, and that only those on their way at the kill came twice. */
function assertSentOnce(provider, sentBefore, papers) {
  const blocks = provider.blocks();
  const distinct = new Set(blocks);
  for (const [place, { length }] of papers.entries()) {
    const ofFile = [...distinct].filter((block) => block.includes(`files/${place + 1} `));
    assert.equal(ofFile.length, Math.ceil(length / (BLOCK_BYTES - 28)), `blocks of file ${place + 1}`);
  }
  const twice = blocks.length - distinct.size;
  assert.ok(twice <= ON_THEIR_WAY_MAX, `${twice} blocks came twice`);
  assert.ok(sentBefore.length > ON_THEIR_WAY_MAX, "the kill was not before the upload");
}

/** Holds that the order stands among the active ones with its number, and that its sheet says what was received. */
async function receivedIsShown(desk) {
  await goTo(desk, "Active");
  await until("the order's number", () =>
    desk.page.run(() => /\d\d-\d{5}/.test(document.querySelector("main").innerText)),
  );
  await desk.press("ArrowDown", "Enter");
  await until("the sheet of the received order", () =>
    desk.page.run(() => {
      const says = document.querySelector("main").innerText;
      return (
        says.includes("Received") && says.includes("Example Legal Support") && !says.includes("Submit order")
      );
    }),
  );
}

/** Holds that the provider's operator gets every file byte by byte, and the words of the order. */
async function operatorOpens(desk, provider, papers) {
  const order = provider.intake("list").match(/[0-9a-f]{8}-[0-9a-f-]{27}/)?.[0];
  const to = join(desk.papers, "opened");
  provider.intake("open", order, "--to", to, "--reason", "a journey");
  const opened = readdirSync(to, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const hashes = Object.fromEntries(
    opened.map(({ name, parentPath }) => [name, sha256(join(parentPath, name))]),
  );
  for (const { path, sha256: expected } of papers)
    assert.equal(hashes[basename(path)], expected, basename(path));
}

function sha256(path) {
  return createHash("sha256").update(readFileSync(path)).digest("hex");
}
