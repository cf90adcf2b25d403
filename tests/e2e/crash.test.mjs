// The page's process ends by itself: the window shows the page again, nothing that was saved is gone, and nothing lies on disk.

import assert from "node:assert/strict";

import { journey } from "./desk.mjs";
import { answer, goToSection, isSaved, openDraft, startOrder } from "./form.mjs";
import { makeMarker, search } from "./marker.mjs";

journey("a page that crashes comes back with what was saved, and leaves nothing readable", async (desk) => {
  const marker = makeMarker();
  await desk.start();
  await startOrder(desk);
  await goToSection(desk, 9);
  await answer(desk, "instructions.provider", { text: marker });
  await isSaved(desk);
  for (const turn of [1, 2]) {
    await desk.crashPage("Drafts");
    assert.deepEqual(search(desk.root, marker), [], `after crash ${turn}`);
    await openDraft(desk);
    await goToSection(desk, 9);
    const kept = await desk.page.run(() => document.getElementById("field:instructions.provider")?.value);
    assert.equal(kept, marker, `after crash ${turn}`);
  }
  process.kill(desk.appPid(), "SIGABRT");
  assert.deepEqual(search(desk.root, marker), [], "after Satchel itself crashed");
});
