// Printing an order leaves nothing behind that can be read: neither the dialog of the system nor the sheet that is made for it.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";

import { journey } from "./desk.mjs";
import { answer, goToSection, isSaved, startOrder } from "./form.mjs";
import { makeMarker, search } from "./marker.mjs";
import { until } from "./webdriver.mjs";

const TITLE = "^Print$";

journey("what is about to be printed is in no file", async (desk) => {
  const marker = makeMarker();
  await desk.start();
  await startOrder(desk);
  await goToSection(desk, 1);
  await answer(desk, "customer.person", { text: marker });
  await isSaved(desk);
  await desk.press("Control+Enter");
  await until("the sheet", () => desk.page.run(() => /Submit/.test(document.body.innerText)));
  await desk.press("Control+p");
  const dialog = await until("the dialog that prints", () => shownDialog());
  assert.deepEqual(search(desk.root, marker), [], "while the dialog is open");
  await until("the dialog to close", () => {
    if (shownDialog() === undefined) return true;
    xdotool("windowfocus", dialog);
    xdotool("key", "Escape");
    return false;
  });
  assert.deepEqual(search(desk.root, marker), [], "once it is closed");
  await desk.stop();
  assert.deepEqual(search(desk.root, marker), [], "after Satchel was closed");
});

function shownDialog() {
  const found = spawnSync("xdotool", ["search", "--onlyvisible", "--name", TITLE], { encoding: "utf8" });
  return found.stdout.trim().split("\n").at(-1) || undefined;
}

function xdotool(...args) {
  spawnSync("xdotool", args);
}
