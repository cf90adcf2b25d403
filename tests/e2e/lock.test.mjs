// Locked by keyboard: nothing of an order is left in the window, nothing opens it but the way in, and nothing is lost.

import assert from "node:assert/strict";

import { journey } from "./desk.mjs";
import { answer, formIsOpen, goToSection, isSaved, openDraft, startOrder } from "./form.mjs";
import { until } from "./webdriver.mjs";

journey("locks by keyboard, shows nothing, and opens by the keyring", async (desk) => {
  await desk.start();
  await startOrder(desk);
  await goToSection(desk, 1);
  await answer(desk, "customer.person", { text: "Dana Whitfield" });
  await isSaved(desk);

  await desk.press("Control+l");
  await desk.find("heading", "Satchel is locked");
  assert.doesNotMatch(await text(desk), /Whitfield|Draft/, "nothing of the order is left");
  await desk.press("Control+n", "Control+k", "Escape");
  assert.match(await text(desk), /Satchel is locked/, "no key leads past it");

  await desk.press("Enter");
  await until("the vault to be open", async () => /Drafts\s*1/.test(await text(desk)));
  await openDraft(desk);
  await formIsOpen(desk);
  assert.equal(await value(desk, "customer.person"), "Dana Whitfield");
});

journey("stays locked when the page is loaded anew, and after a kill opens as always", async (desk) => {
  await desk.start();
  await startOrder(desk);
  await desk.press("Control+l");
  await desk.find("heading", "Satchel is locked");
  await desk.page.runText("location.reload()");
  await desk.find("heading", "Satchel is locked");
  await desk.kill();
  await desk.start();
  await until("the vault to be open", async () => /Drafts\s*1/.test(await text(desk)));
});

const text = (desk) => desk.page.run(() => document.body.innerText);

const value = (desk, path) => desk.page.run((path) => document.getElementById(`field:${path}`)?.value, path);
