// What was taken away by keyboard comes back by keyboard: a draft, a location, a file.

import assert from "node:assert/strict";
import { join } from "node:path";

import { journey } from "./desk.mjs";
import {
  answer,
  files,
  filesAreSealed,
  formIsOpen,
  goToSection,
  isSaved,
  openDraft,
  readForm,
  startOrder,
} from "./form.mjs";
import { sealedFiles, writePdf } from "./papers.mjs";
import { until } from "./webdriver.mjs";

/** How many stops Tab may make on its way round the window. */
const STOPS_MAX = 120;

journey("brings back a discarded draft, from the form and from the list", async (desk) => {
  await desk.start();
  await startOrder(desk);
  await goToSection(desk, 1);
  await answer(desk, "customer.person", { text: "Dana Whitfield" });
  await isSaved(desk);

  await tabToNamed(desk, "More");
  await desk.press("Enter");
  await focusIsOn(desk, "Earlier versions");
  await desk.press("ArrowDown");
  await focusIsOn(desk, "Export this draft…");
  await desk.press("ArrowDown");
  await focusIsOn(desk, "Discard draft…");
  await desk.press("Enter");
  await focusIsOn(desk, /^Keep the draft/);
  await desk.press("Escape");
  await until("the dialog to close", async () => !(await hasDialog(desk)));
  assert.equal(await value(desk, "customer.person"), "Dana Whitfield", "Escape keeps the draft");

  await tabToNamed(desk, "More");
  await desk.press("ArrowDown");
  await focusIsOn(desk, "Earlier versions");
  await desk.press("End");
  await focusIsOn(desk, "Discard draft…");
  await desk.press("Enter");
  await focusIsOn(desk, /^Keep the draft/);
  await desk.press("Tab", "Enter");
  await rowsAre(desk, 0);
  await toastSays(desk, "Draft discarded");
  await desk.press("Control+z");
  await formIsOpen(desk);
  assert.equal(await value(desk, "customer.person"), "Dana Whitfield", "after Undo");

  await desk.press("Escape");
  await rowsAre(desk, 1);
  await desk.press("ArrowDown", "Delete");
  await rowsAre(desk, 0);
  await desk.press("Control+z");
  await rowsAre(desk, 1);
  await desk.press("Delete");
  await rowsAre(desk, 0);
  await desk.kill();
  await desk.start();
  assert.match(await railSays(desk), /Drafts 0/, "a draft that was discarded stays so after a kill");
});

journey("brings back a removed location and a removed file", async (desk) => {
  const paper = writePdf(join(desk.papers, "Authorization.pdf"), 2);
  await desk.start();
  await startOrder(desk);
  for (const [row, custodian] of ["Lakeshore Imaging", "St. Brigid Medical Center"].entries()) {
    await desk.press("Control+Shift+a");
    await until("the new location", () =>
      desk.page.run(
        (path) => document.activeElement?.closest("[data-path]")?.dataset.path === path,
        `locations.${row}.custodian`,
      ),
    );
    await desk.page.type(custodian);
    await answer(desk, `locations.${row}.phone`, { text: "562 555 0142" });
  }
  await isSaved(desk);
  const before = await readForm(desk);
  assert.equal(before["locations.0.custodian"], "Lakeshore Imaging");

  await goToSection(desk, 6);
  await tabToNamed(desk, "Open location 6.1");
  await desk.press("Enter");
  await tabToNamed(desk, "Remove location 6.1");
  await desk.press("Enter");
  await toastSays(desk, "Location 6.1 removed");
  assert.deepEqual(await titles(desk), ["St. Brigid Medical Center"]);
  await desk.press("Control+z");
  await until("the location to come back", async () => (await titles(desk)).length === 2);
  assert.deepEqual(await titles(desk), ["Lakeshore Imaging", "St. Brigid Medical Center"], "in its place");
  assert.deepEqual(await readForm(desk), before);

  desk.picks(paper.path);
  await desk.press("Control+o");
  await filesAreSealed(desk, 1);
  const sealed = sealedFiles(desk.vault);
  await tabToNamed(desk, "Remove Authorization.pdf");
  await desk.press("Enter");
  await toastSays(desk, "Authorization.pdf removed");
  assert.deepEqual(await files(desk), {});
  await desk.press("Control+z");
  await filesAreSealed(desk, 1);
  await focusIsOn(desk, "Remove Authorization.pdf");
  await desk.kill();
  await desk.start();
  await openDraft(desk);
  await filesAreSealed(desk, 1);
  assert.deepEqual(sealedFiles(desk.vault), sealed, "it is the sealed file of before");
  assert.deepEqual(await readForm(desk), before);

  await tabToNamed(desk, "Remove Authorization.pdf");
  await desk.press("Enter");
  await toastSays(desk, "Authorization.pdf removed");
  await desk.stop();
  await desk.start();
  await openDraft(desk);
  assert.deepEqual(await files(desk), {});
  assert.deepEqual(
    sealedFiles(desk.vault),
    [],
    "what was removed and not brought back is gone from the disk",
  );
});

/** Presses Tab until the control with that name has the focus. */
async function tabToNamed(desk, name) {
  for (let stop = 0; stop < STOPS_MAX; stop += 1) {
    if ((await nameOfFocus(desk)) === name) return;
    await desk.press("Tab");
  }
  throw new Error(`Tab does not come to ${name}`);
}

function nameOfFocus(desk) {
  return desk.page.run(() => {
    const { activeElement } = document;
    return activeElement.getAttribute("aria-label") ?? activeElement.textContent.trim();
  });
}

function focusIsOn(desk, name) {
  return until(`the focus on ${name}`, async () => {
    const seen = await nameOfFocus(desk);
    return name instanceof RegExp ? name.test(seen) : seen === name;
  });
}

function toastSays(desk, text) {
  return until(`the toast ${text}`, () =>
    desk.page.run((text) => document.querySelector(".toast > span")?.textContent === text, text),
  );
}

function rowsAre(desk, count) {
  return until(`${count} drafts in the list`, () =>
    desk.page.run(
      (count) =>
        document.querySelector("h1")?.textContent === "Drafts" &&
        document.querySelector(".view")?.getAttribute("aria-busy") === "false" &&
        document.querySelectorAll("tbody tr").length === count,
      count,
    ),
  );
}

const hasDialog = (desk) => desk.page.run(() => document.querySelector("dialog") !== null);
const value = (desk, path) => desk.page.run((path) => document.getElementById(`field:${path}`)?.value, path);
const railSays = (desk) =>
  desk.page.run(() => document.querySelector("nav.rail").innerText.replaceAll(/\s+/g, " "));
const titles = (desk) =>
  desk.page.run(() => [...document.querySelectorAll(".place-title")].map((title) => title.textContent));
