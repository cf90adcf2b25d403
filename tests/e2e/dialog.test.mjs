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

  await desk.press("Control+o");
  await dialogOpens();
  await dialogCloses(() => xdotool("key", "Escape"));
  assert.deepEqual(await files(desk), {});

  await until(
    "the dialog to take the path",
    async () => {
      await desk.press("Control+o");
      await dialogOpens();
      // A slash opens the line for a path. What is typed while the dialog is being built is lost: then it is opened again.
      xdotool("type", "--delay", "20", paper.path);
      xdotool("key", "Return");
      if (await dialogCloses(() => undefined, { withinMs: 1_000 }).catch(() => false)) return true;
      await dialogCloses(() => xdotool("key", "Escape"));
      return false;
    },
    { withinMs: 30_000 },
  );
  await filesAreSealed(desk, 1);
  assert.deepEqual(Object.keys(await files(desk)), ["Complaint.pdf"]);
});

/** Waits for the dialog, and gives it the focus of the screen: there is nobody else who manages windows. */
function dialogOpens() {
  return until("the dialog", () => {
    const dialog = shownDialog();
    if (dialog === undefined) return false;
    if (focused() === dialog) return true;
    xdotool("windowfocus", dialog);
    return false;
  });
}

/** Answers until the dialog is gone: it hears no key while it is being built. */
function dialogCloses(answer, bound) {
  return until(
    "the dialog to close",
    () => {
      const dialog = shownDialog();
      if (dialog === undefined) return true;
      if (focused() === dialog) answer();
      else xdotool("windowfocus", dialog);
      return false;
    },
    bound,
  );
}

function focused() {
  return spawnSync("xdotool", ["getwindowfocus"], { encoding: "utf8" }).stdout.trim();
}

function shownDialog() {
  const found = spawnSync("xdotool", ["search", "--onlyvisible", "--name", `^${TITLE}$`], {
    encoding: "utf8",
  });
  return found.stdout.split("\n").find((id) => id !== "");
}

/** Asks for something on the screen. A window that is gone by then is no error: the journey sees what came of it. */
function xdotool(...args) {
  const done = spawnSync("xdotool", args, { encoding: "utf8" });
  if (done.error) throw new Error("xdotool cannot be started", { cause: done.error });
}
