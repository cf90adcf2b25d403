// Locked by keyboard: nothing of an order is left in the window, nothing opens it but the way in, and nothing is lost.

import assert from "node:assert/strict";
import { existsSync } from "node:fs";

import { journey } from "./desk.mjs";
import { answer, formIsOpen, goToSection, isSaved, openDraft, startOrder } from "./form.mjs";
import { until } from "./webdriver.mjs";

journey("locks by keyboard, shows nothing, and opens by the keyring", async (desk) => {
  await desk.start();
  await startOrder(desk);
  await goToSection(desk, 1);
  await answer(desk, "customer.person", { text: "Dana Whitfield" });
  await isSaved(desk);

  await desk.lock();
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
  await desk.lock();
  await desk.page.runText("location.reload()");
  await desk.find("heading", "Satchel is locked");
  await desk.kill();
  await desk.start();
  await until("the vault to be open", async () => /Drafts\s*1/.test(await text(desk)));
});

journey("locks with the screen of its desktop, and loses nothing of what was typed last", async (desk) => {
  await desk.start();
  await startOrder(desk);
  await goToSection(desk, 1);
  await answer(desk, "customer.person", { text: "Dana Whitfield" });
  // A double of a screen saver: its signal, from somebody else on the bus.
  await desk.lock(() =>
    desk.signal("/org/gnome/ScreenSaver", "org.gnome.ScreenSaver.ActiveChanged", "boolean:true"),
  );
  assert.doesNotMatch(await text(desk), /Whitfield|Draft/, "nothing of the order is left");
  await desk.press("Enter");
  await until("the vault to be open", async () => /Drafts\s*1/.test(await text(desk)));
  await openDraft(desk);
  assert.equal(await value(desk, "customer.person"), "Dana Whitfield");
});

journey(
  "takes a passphrase where there is no keyring, keeps a kit, and opens by the passphrase after a kill",
  async (desk) => {
    const passphrase = "seven quiet herons at dusk";
    await desk.start();
    await desk.find("heading", "Choose a passphrase");
    await desk.press("Control+n");
    await desk.find("heading", "Choose a passphrase");
    assert.ok(!existsSync(desk.vault), "a vault whose key nobody keeps");
    await desk.page.type(passphrase);
    await tabToId(desk, "first-again");
    await desk.page.type(passphrase);
    await desk.press("Enter");

    await desk.find("heading", "Recovery kit");
    const { words, asked } = await until("the words", () => kit(desk));
    assert.equal(words.length, 12);
    for (const number of asked) {
      await tabToId(desk, `word-${number}`);
      await desk.page.type(words[number - 1]);
    }
    await desk.press("Enter");
    await until("the kit to be kept", async () => !/Recovery kit/.test(await text(desk)));
    assert.doesNotMatch(await text(desk), new RegExp(words.join("\\s+(\\d+\\s+)?")), "the words are gone");

    await startOrder(desk);
    await goToSection(desk, 1);
    await answer(desk, "customer.person", { text: "Dana Whitfield" });
    await isSaved(desk);
    await desk.kill();
    await desk.start();
    await desk.find("heading", "Satchel is locked");
    await desk.page.type("another passphrase altogether");
    await desk.press("Enter");
    await until("the refusal", async () => /not the vault's passphrase/.test(await text(desk)));
    await desk.page.type(passphrase);
    await desk.press("Enter");
    await until("the vault to be open", async () => /Drafts\s*1/.test(await text(desk)));
    await openDraft(desk);
    assert.equal(await value(desk, "customer.person"), "Dana Whitfield");
  },
  { keyring: "none" },
);

/** Goes to an element by Tab. */
async function tabToId(desk, id) {
  for (let stop = 0; stop < 40; stop++) {
    if ((await desk.page.run(() => document.activeElement?.id)) === id) return;
    await desk.press("Tab");
  }
  throw new Error(`Tab does not reach ${id}`);
}

/** The words of the kit and the numbers of those that are asked back; null while they are not there. */
const kit = (desk) =>
  desk.page.run(() => {
    const words = [...document.querySelectorAll("ol.words li")].map((item) =>
      item.lastChild.textContent.trim(),
    );
    const asked = [...document.querySelectorAll("input[id^='word-']")].map((input) =>
      Number(input.id.slice(5)),
    );
    return words.length === 12 && asked.length === 2 ? { words, asked } : null;
  });

const text = (desk) => desk.page.run(() => document.body.innerText);

const value = (desk, path) => desk.page.run((path) => document.getElementById(`field:${path}`)?.value, path);
