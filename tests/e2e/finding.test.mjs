// Drafts are found by what was typed into them, however it is written, by keyboard alone.

import assert from "node:assert/strict";

import { assertAccessible, loadAxe } from "./axe.mjs";
import { journey } from "./desk.mjs";
import { assertFits, picture, resize } from "./fits.mjs";
import { answer, formIsOpen, goToSection, isSaved, startOrder } from "./form.mjs";
import { goTo, settles, SIZES } from "./views.mjs";
import { until } from "./webdriver.mjs";

const CASES = [
  { plaintiff: "Núria Peña-Castell", matter: "10452-003" },
  { plaintiff: "Thomas O’Brien", matter: "10452-010" },
];

/** What stands in the column of captions, with what was found in it between brackets. */
const captions = (desk) =>
  desk.page.run(() =>
    [...document.querySelectorAll("tbody .col-caption")].map((cell) =>
      [...cell.firstElementChild.childNodes]
        .map((node) => (node.nodeName === "MARK" ? `[${node.textContent}]` : node.textContent))
        .join("")
        .trim(),
    ),
  );

const shows = (desk, expected) =>
  until(`the list ${JSON.stringify(expected)}`, async () => {
    const there = await captions(desk);
    return JSON.stringify(there) === JSON.stringify(expected);
  });

journey("drafts are found as they are typed, and again after a restart", async (desk) => {
  await desk.start();
  for (const { plaintiff, matter } of CASES) {
    await startOrder(desk);
    await goToSection(desk, 2);
    await answer(desk, "case.plaintiff", { text: plaintiff });
    await goToSection(desk, 3);
    await answer(desk, "references.client_matter", { text: matter });
    await isSaved(desk);
    await goTo(desk, "Drafts");
  }
  await shows(desk, ["Thomas O’Brien", "Núria Peña-Castell"]);
  await desk.stop();
  await desk.start();
  await loadAxe(desk);
  await goTo(desk, "Drafts");
  await shows(desk, ["Thomas O’Brien", "Núria Peña-Castell"]);

  await desk.press("Control+f");
  await desk.page.type("pena cas");
  await shows(desk, ["Núria [Peña]-[Cas]tell"]);
  for (const [width, height] of SIZES) {
    await resize(desk, width, height);
    await settles(desk);
    await assertFits(desk, width, height, "drafts, searched");
    await picture(desk, `drafts, searched ${width}`, width, height);
  }
  await assertAccessible(desk, "drafts, searched");
  await desk.press("Escape");
  await shows(desk, ["Thomas O’Brien", "Núria Peña-Castell"]);
  await desk.page.type("o'bri");
  await shows(desk, ["Thomas [O’Bri]en"]);
  await desk.press("Enter", "Enter");
  await formIsOpen(desk);
  assert.match(await desk.page.run(() => document.querySelector("h1").textContent), /O’Brien|Records/);
});
