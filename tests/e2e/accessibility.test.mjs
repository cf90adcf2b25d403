// axe-core finds nothing, on any view, in both themes, in the web view that users have.

import assert from "node:assert/strict";

import { assertAccessible, faults, loadAxe } from "./axe.mjs";
import { journey } from "./desk.mjs";
import { goTo, THEMES, VIEWS, wear } from "./views.mjs";

for (const theme of THEMES) {
  journey(`axe finds nothing in the ${theme} theme`, async (desk) => {
    await desk.start();
    await loadAxe(desk);
    await wear(desk, theme);
    for (const view of VIEWS) {
      await goTo(desk, view);
      await assertAccessible(desk, `${view} in ${theme}`);
    }
  });
}

journey("axe finds what is wrong", async (desk) => {
  await desk.start();
  await loadAxe(desk);
  await desk.page.run(() => document.querySelector("main").append(document.createElement("input")));
  const { wrong } = await faults(desk);
  assert.deepEqual(wrong, ["label: <input>"]);
});
