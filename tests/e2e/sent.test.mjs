// Orders that are taken back before anything was sent, and a provider that goes away in the middle.

import assert from "node:assert/strict";
import { join } from "node:path";

import { assertAccessible, loadAxe } from "./axe.mjs";
import { journey } from "./desk.mjs";
import { makeMarker } from "./marker.mjs";
import { blocksOf, parcel, railCount, submitOrder, UPLOAD_MS_MAX } from "./outbox.mjs";
import { writeLarge } from "./papers.mjs";
import { Provider } from "./provider.mjs";
import { until } from "./webdriver.mjs";

const MB = 1_000_000;

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
  await loadAxe(desk);
  await assertAccessible(desk, "the outbox while it waits");
  await provider.start();
  await desk.click("button", /^Send now: Records retrieval/);
  await until("the order to be received", async () => (await railCount(desk, "Active")) === "1", {
    withinMs: UPLOAD_MS_MAX,
  });
});
