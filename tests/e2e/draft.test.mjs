// An order that is typed by keyboard only, killed the moment its status line says Saved, and is there again, all of it.

import assert from "node:assert/strict";
import { basename, join } from "node:path";

import { journey } from "./desk.mjs";
import {
  dates,
  filesAreSealed,
  goToSection,
  isSaved,
  openDraft,
  readForm,
  startOrder,
  tabTo,
  toFinish,
} from "./form.mjs";
import { fill, ORDER, shownOf } from "./order.mjs";
import { sealedFiles, sealedLength, writeLarge, writePdf } from "./papers.mjs";
import { until } from "./webdriver.mjs";

const MB = 1_000_000;
const LAST_WORDS = " Then file it.";
/** Words that the sheet has to say, as a person reads them. */
const ON_SHEET = [
  "MARIA DELGADO, Plaintiff",
  "24STCV01234",
  "Dana Whitfield",
  "(562) 555-0142",
  "SUBP-010, business records",
  "Lakeshore Imaging",
  "20 Pier Street, Long Beach, CA 90802",
  "Medical, Radiology and films",
  "•••-••-4417",
  "••/••/1984",
  `Call Dana before the 12/21 date.${LAST_WORDS}`,
];
const MASKED = ["219-09", "Harbor Road", "Mar 9, 1984", "Łumbar"];

journey("an order typed by keyboard is there after a kill, field by field, with its files", async (desk) => {
  const papers = [
    writePdf(join(desk.papers, "Authorization, signed.pdf"), 3),
    writeLarge(join(desk.papers, "Scan of the chart.tif"), 40 * MB),
    writeLarge(join(desk.papers, "Films.zip"), 300 * MB),
  ];
  const [first, ...large] = papers;
  await desk.start();
  await startOrder(desk);
  desk.picks(first.path);
  await desk.press("Control+o");
  await filesAreSealed(desk, 1);
  await fill(desk);
  assert.deepEqual(await toFinish(desk), ["Nothing is missing."]);

  // The large files go on being sealed while somebody types, and when Satchel is killed.
  desk.picks(...large.map(({ path }) => path));
  await desk.press("Control+o");
  await goToSection(desk, 9);
  await tabTo(desk, "instructions.provider");
  await desk.press("Control+End");
  await desk.page.type(LAST_WORDS);
  await isSaved(desk);
  await desk.kill();

  await desk.start();
  await openDraft(desk);
  const typed = shownOf(ORDER);
  typed["instructions.provider"] += LAST_WORDS;
  assert.deepEqual(await readForm(desk), typed);
  assert.deepEqual(await toFinish(desk), ["Nothing is missing."]);
  assert.deepEqual(await dates(desk), [
    ["Custodians served by", "CCP § 2020.410(c)", null],
    ["Earliest production", "CCP § 2020.410(c)", `Kept: ${typed["basis.production_date"]} is entered.`],
  ]);
  await filesAreSealed(desk, papers.length);
  assert.deepEqual(
    sealedFiles(desk.vault)
      .map(({ name, size }) => [name.split(".").at(-1), size])
      .sort(bySize),
    papers.map((paper) => ["sealed", sealedLength(paper)]).sort(bySize),
  );
  await reviewShows(desk, papers);
});

/** Holds that the sheet of the review says what was typed, in the order of the form, and which files are attached. */
async function reviewShows(desk, papers) {
  await desk.press("Control+Enter");
  await until("the review", () => desk.page.run(() => document.querySelector("article.sheet") !== null));
  const sheet = await desk.page.run(() => ({
    heading: document.activeElement.textContent,
    facts: [...document.querySelectorAll("article.sheet .facts > *")].map(
      ({ tagName, textContent }) => (tagName === "DT" ? "" : "= ") + textContent.trim(),
    ),
    text: document.querySelector("article.sheet").innerText,
    files: [...document.querySelectorAll("[aria-labelledby=sheet-files] tbody tr")].map((row) => [
      row.cells[0].textContent,
      row.cells[1].textContent,
      row.cells[2].title,
    ]),
  }));
  assert.equal(sheet.heading, "Review");
  assert.deepEqual(
    sheet.files,
    papers.map(({ path, length, sha256 }) => [basename(path), length.toLocaleString("en-US"), sha256]),
  );
  const told = sheet.text.replaceAll(/\s+/g, " ");
  for (const words of ON_SHEET) assert.ok(told.includes(words), `${words} is not on the sheet: ${told}`);
  for (const words of MASKED) assert.ok(!told.includes(words), `${words} is readable on the sheet`);
}

function bySize([, one], [, other]) {
  return one - other;
}
