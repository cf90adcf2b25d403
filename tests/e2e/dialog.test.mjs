// The desktop's own dialog for files, driven by the keyboard of the screen: WebDriver reaches the window only.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";

import { journey } from "./desk.mjs";
import { files, filesAreSealed, startOrder } from "./form.mjs";
import { writePdf } from "./papers.mjs";
import { until } from "./webdriver.mjs";

const TITLE = "Attach files";

journey("attaches what is chosen in the desktop's dialog, and nothing after Cancel", async (desk) => {
  const paper = writePdf(join(desk.papers, "Complaint.pdf"), 3);
  await desk.start();
  await startOrder(desk);

  let asking = desk.press("Control+o");
  await dialogOpens();
  xdotool("key", "Escape");
  await asking;
  await dialogCloses();
  assert.deepEqual(await files(desk), {});

  asking = desk.press("Control+o");
  await dialogOpens();
  // A slash opens the line for a path.
  xdotool("type", "--delay", "10", paper.path);
  xdotool("key", "Return");
  await asking;
  await dialogCloses();
  await filesAreSealed(desk, 1);
  assert.deepEqual(Object.keys(await files(desk)), ["Complaint.pdf"]);
});

async function dialogOpens() {
  const dialog = await until("the dialog", () => shownDialog());
  xdotool("windowfocus", "--sync", dialog);
}

function dialogCloses() {
  return until("the dialog to close", () => shownDialog() === undefined);
}

function shownDialog() {
  const found = spawnSync("xdotool", ["search", "--onlyvisible", "--name", `^${TITLE}$`], { encoding: "utf8" });
  return found.stdout.split("\n").find((id) => id !== "");
}

function xdotool(...args) {
  const done = spawnSync("xdotool", args, { encoding: "utf8" });
  if (done.status !== 0) throw new Error(`xdotool ${args[0]}: ${done.stderr || done.error}`);
}
