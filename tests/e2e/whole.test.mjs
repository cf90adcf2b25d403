// The main job, whole: an order is typed with no provider there, killed and there again, submitted, cut off half-way through its
// files, received, paid for in a browser, opened and answered by the provider's operator, and closed. What the operator opens is
// what was attached, and nothing that was typed is readable anywhere.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";

import { assertAccessible, loadAxe } from "./axe.mjs";
import { Browser } from "./browser.mjs";
import { journey } from "./desk.mjs";
import { assertFits, picture, resize } from "./fits.mjs";
import { goToSection, isSaved, openDraft, status } from "./form.mjs";
import { makeMarker, search } from "./marker.mjs";
import { blocksOf, parcel, railCount, submitOpen, typeOrder, UPLOAD_MS_MAX } from "./outbox.mjs";
import { writeLarge, writePdf } from "./papers.mjs";
import { Provider } from "./provider.mjs";
import { goTo, settles, SIZES, THEMES, wear } from "./views.mjs";
import { until } from "./webdriver.mjs";

const MB = 1_000_000;
/** Plain bytes of a region: one block of the upload. */
const REGION_BYTES = 4_194_304;
/** How many blocks can be on their way when Satchel is killed. */
const ON_THEIR_WAY_MAX = 4;
/** The whole journey, on two cores that do other things as well. */
const JOURNEY_MS_MAX = 240_000;

journey(
  "an order is typed, killed, sent through a cut, paid for, worked and closed",
  async (desk) => {
    const [marker, answer, contents] = [makeMarker(), makeMarker(), makeMarker()];
    const [provider, browser] = [new Provider(desk), new Browser(desk)];
    const papers = [
      writePdf(join(desk.papers, "Authorization, signed.pdf"), 3),
      writeLarge(join(desk.papers, "Scan of the chart.tif"), 40 * MB),
      writeLarge(join(desk.papers, "Films.zip"), 300 * MB),
    ];
    await desk.start();
    await typeOrder(desk, papers, marker);
    await isSaved(desk);
    await desk.kill();

    await desk.start();
    await loadAxe(desk);
    await goTo(desk, "Drafts");
    await openDraft(desk);
    await goToSection(desk, 9);
    await submitOpen(desk);
    await until("the outbox to wait for a provider", async () =>
      (await parcel(desk)).includes("Will be sent once this computer is connected with a provider"),
    );
    assert.match(await status(desk), /1 order waiting for a connection/);
    await lookAt(desk, "outbox, no provider");

    await provider.start();
    await until("a good part of the films", () => blocksOf(provider, "files/3").length >= 12, {
      withinMs: UPLOAD_MS_MAX,
    });
    await desk.kill();
    const sentBefore = provider.blocks();
    assert.ok(blocksOf(provider, "files/3").length < regions(300 * MB), "it was killed half-way");

    await desk.start();
    await until("the order to be received", async () => (await railCount(desk, "Active")) === "1", {
      withinMs: UPLOAD_MS_MAX,
    });
    assert.equal(await railCount(desk, "Outbox"), "0");
    assertSentOnce(provider, sentBefore, papers);
    await loadAxe(desk);

    await pay(desk, browser, provider);
    const order = await operatorOpens(desk, provider, papers);
    const returned = join(desk.papers, "Records of Lakeshore Imaging.pdf");
    writeFileSync(returned, `%PDF-1.7 ${contents} ${"0123456789".repeat(MB)}`);
    provider.intake("status", order, "in-progress");
    provider.intake("message", order, "--text", answer);
    provider.intake("return", order, returned);
    await isAnswered(desk, answer, returned);
    await lookAtOrder(desk, "answered");

    provider.intake("status", order, "completed");
    await pressButton(desk, /^Check now/);
    await until("the order to be completed", async () => (await railCount(desk, "Completed")) === "1");
    assert.equal(await railCount(desk, "Active"), "0");
    await desk.stop();
    for (const text of [marker, answer, contents])
      for (const folder of [desk.root, provider.folder]) assert.deepEqual(search(folder, text), [], folder);
  },
  { withinMs: JOURNEY_MS_MAX },
);

/** Pays for the one active order: asked for by keyboard, paid in the browser, seen in the window. */
async function pay(desk, browser, provider) {
  await openReceived(desk, "Active");
  await mainSays(desk, "Awaiting payment", "Pay in browser");
  await lookAtOrder(desk, "to be paid");
  assert.deepEqual(browser.opened(), []);

  await desk.press("Control+Enter");
  await until("the payment page to be opened", () => browser.opened().length === 1);
  const [page] = browser.opened();
  assert.ok(page.startsWith(`${provider.address()}/checkout/pay/`), page);
  await mainSays(desk, "Open the page again");
  await lookAtOrder(desk, "being paid");

  await browser.visit(page);
  assert.match(await browser.words(), /TEST\. No money moves\./);
  await browser.choose("Pay", "You can close this page");
  await until("the window to say that it is paid", async () => /\bPaid\b/.test(await main(desk)), {
    withinMs: 20_000,
  });
  await lookAtOrder(desk, "paid");
}

/** Opens the one order of a list by keyboard. */
async function openReceived(desk, list) {
  await goTo(desk, list);
  await until("the order's number", async () => /\d\d-\d{5}/.test(await main(desk)));
  await desk.press("ArrowDown", "Enter");
  await mainSays(desk, "Example Legal Support");
}

/** Holds that the provider's operator gets every file byte by byte, and returns the order's id. */
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
  return order;
}

/** Holds that what the operator did stands on the order's page, and that what came back is saved byte by byte. */
async function isAnswered(desk, message, returned) {
  await pressButton(desk, /^Check now/);
  await mainSays(desk, message, basename(returned));
  const target = join(desk.papers, "saved.pdf");
  desk.picks(target);
  await pressButton(desk, /^Save/);
  await until("the document to be saved", () => sha256(target) === sha256(returned));
}

/** Holds that every block of every file came, and that only those on their way at the kill came twice. */
function assertSentOnce(provider, sentBefore, papers) {
  const blocks = provider.blocks();
  const distinct = new Set(blocks);
  for (const [place, { length }] of papers.entries()) {
    const ofFile = [...distinct].filter((block) => block.includes(`files/${place + 1} `));
    assert.equal(ofFile.length, regions(length), `blocks of file ${place + 1}`);
  }
  const twice = blocks.length - distinct.size;
  assert.ok(twice <= ON_THEIR_WAY_MAX, `${twice} blocks came twice`);
  assert.ok(sentBefore.length > ON_THEIR_WAY_MAX, "the kill was not before the upload");
}

/** Looks at the page of the one active order in both themes, and comes back to it. */
async function lookAtOrder(desk, what) {
  for (const theme of THEMES) {
    await wear(desk, theme);
    await openReceived(desk, "Active");
    await lookAt(desk, `order, ${what} ${theme}`);
  }
  await resize(desk, ...SIZES[0]);
}

/** Looks at what is on the screen: nothing is cut off, axe finds nothing, and there is a picture for a person. */
async function lookAt(desk, what) {
  for (const [width, height] of SIZES) {
    await resize(desk, width, height);
    await desk.page.pointAt(width / 2, height - 4);
    await settles(desk);
    await assertFits(desk, width, height, what);
    await picture(desk, `${what} ${width}`, width, height);
  }
  await assertAccessible(desk, what);
}

/** Presses a button by keyboard: in a page that changes by itself it may move away under a mouse. */
async function pressButton(desk, name) {
  const button = await desk.find("button", name);
  await desk.page.run((button) => button.focus(), button);
  await desk.press("Enter");
}

function main(desk) {
  return desk.page.run(() => document.querySelector("main").innerText);
}

async function mainSays(desk, ...words) {
  for (const text of words) await until(`“${text}”`, async () => (await main(desk)).includes(text));
}

function regions(bytes) {
  return Math.ceil(bytes / REGION_BYTES);
}

function sha256(path) {
  return createHash("sha256").update(readFileSync(path)).digest("hex");
}
