// axe-core finds nothing, on any view, in both themes, in the web view that users have.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

import { journey } from "./desk.mjs";
import { goTo, THEMES, VIEWS, wear } from "./views.mjs";

const AXE = readFileSync(new URL("../../ui/node_modules/axe-core/axe.min.js", import.meta.url), "utf8");
/** A page that axe can make nothing of would pass; so it must have found at least so many rules that hold. */
const RULES_MIN = 20;

for (const theme of THEMES) {
  journey(`axe finds nothing in the ${theme} theme`, async (desk) => {
    await desk.start();
    await desk.page.runText(AXE);
    await wear(desk, theme);
    for (const view of VIEWS) {
      await goTo(desk, view);
      const { wrong, held } = await desk.page.runAsync(lookAtPage);
      assert.deepEqual(wrong, [], `${view} in ${theme}`);
      assert.ok(held >= RULES_MIN, `axe looked at ${view} by ${held} rules only`);
    }
  });
}

journey("axe finds what is wrong", async (desk) => {
  await desk.start();
  await desk.page.runText(AXE);
  await desk.page.run(() => document.querySelector("main").append(document.createElement("input")));
  const { wrong } = await desk.page.runAsync(lookAtPage);
  assert.deepEqual(wrong, ["label: <input>"]);
});

/** Runs in the page. */
async function lookAtPage() {
  const { violations, passes } = await window.axe.run(document, {
    resultTypes: ["violations"],
    runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
  });
  return {
    wrong: violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`)),
    held: passes.length,
  };
}
