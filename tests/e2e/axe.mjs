// axe-core in the web view that users have.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

const AXE = readFileSync(new URL("../../ui/node_modules/axe-core/axe.min.js", import.meta.url), "utf8");
/** A page that axe can make nothing of would pass; so it must have found at least so many rules that hold. */
const RULES_MIN = 20;

/** Loads axe into the page, which keeps it until the window closes. */
export function loadAxe(desk) {
  return desk.page.runText(AXE);
}

/** Holds that axe finds nothing wrong with what the window shows. */
export async function assertAccessible(desk, what) {
  const { wrong, held } = await faults(desk);
  assert.deepEqual(wrong, [], what);
  assert.ok(held >= RULES_MIN, `axe looked at ${what} by ${held} rules only`);
}

/** Returns what axe finds wrong, and how many rules hold. */
export function faults(desk) {
  return desk.page.runAsync(lookAtPage);
}

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
