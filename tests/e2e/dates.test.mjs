// Dates that rules set: told in the docket with what conflicts, legible to everybody, and mended by keyboard.

import assert from "node:assert/strict";

import { assertAccessible, loadAxe } from "./axe.mjs";
import { journey } from "./desk.mjs";
import { dates, isSaved, startOrder, toFinish } from "./form.mjs";
import { fill } from "./order.mjs";
import { settles, THEMES } from "./views.mjs";
import { until } from "./webdriver.mjs";

/** A notice that was mailed two days ago asks for more time than this, whatever today is. */
const TOO_SOON = daysAhead(14);

journey("a date that is too early is told, and the offered one ends it", async (desk) => {
  await desk.start();
  await startOrder(desk);
  await loadAxe(desk);
  await fill(desk, { 5: { "basis.kind": { radio: "State subpoena" }, "basis.consumer": { radio: "Yes" } } });
  await until("the dates", async () => (await dates(desk)).length > 0);
  await assertAccessible(desk, "dates that need an entry");

  await fill(desk, {
    5: {
      "basis.notice_mailed": { text: daysAhead(-2) },
      "basis.notice_by": { select: "Mail, in California" },
      "basis.production_date": { text: TOO_SOON },
    },
  });
  await desk.press("Tab");
  await isSaved(desk);
  await until("the conflict in the docket", async () => (await conflicts(desk)).length === 2);
  const told = await toFinish(desk);
  assert.ok(told.includes("Production date is too early"), told.join("; "));
  const atField = await desk.page.run(
    () => document.querySelector('[data-path="basis.production_date"]').className,
  );
  assert.match(atField, /is-caution/);

  await desk.page.run(() => document.querySelectorAll(".date-what").forEach((head) => head.click()));
  for (const theme of THEMES) {
    await desk.page.run((theme) => {
      document.documentElement.dataset.theme = theme;
    }, theme);
    await settles(desk);
    await assertAccessible(desk, `dates in conflict, unfolded, in ${theme}`);
  }

  await desk.page.run(() =>
    [...document.querySelectorAll(".dates button")]
      .find((button) => button.textContent.startsWith("Use "))
      .focus(),
  );
  await desk.press("Enter");
  await until("the conflict to end", async () => (await conflicts(desk)).length === 0);
  assert.equal(await desk.page.run(() => document.activeElement.id), "field:basis.production_date");
  assert.ok(!(await toFinish(desk)).some((line) => line.includes("too ")), "no warning is left");
});

async function conflicts(desk) {
  return (await dates(desk)).filter(([, , stands]) => stands?.startsWith("Conflict:"));
}

function daysAhead(days) {
  const day = new Date();
  day.setDate(day.getDate() + days);
  return `${day.getMonth() + 1}/${day.getDate()}/${day.getFullYear()}`;
}
