import { screen } from "@testing-library/svelte";
import axe from "axe-core";
import { describe, expect, it } from "vitest";

import { System } from "./test/system";
import { answering, done, failed, heading, openWindow, PRACTICE, railButton } from "./test/window";

// jsdom computes no colours: contrast.test.ts holds them, for both themes.
const options: axe.RunOptions = { rules: { "color-contrast": { enabled: false } } };

async function violations() {
  const { violations } = await axe.run(document, options);
  return violations.map(({ id, nodes }) => [id, ...nodes.map((node) => node.html)]);
}

describe.each(["light", "dark"] as const)("axe, %s", (theme) => {
  const open = async (...answers: Parameters<typeof answering>) => {
    document.documentElement.lang = "en-US";
    if (theme === "dark") System.current.goDark();
    const opened = await openWindow(answering(...answers));
    expect(document.documentElement.dataset.theme).toBe(theme);
    return opened;
  };

  it.each(["Drafts", "Outbox", "Active", "Completed", "New order", "Settings"])("%s", async (view) => {
    const { user } = await open(done(PRACTICE));
    const button = railButton(view);
    if (!button) throw new Error(`the rail has no ${view}`);
    await user.click(button);
    expect(heading().textContent).toBe(view);
    expect(await violations()).toEqual([]);
  });

  it("a failed start", async () => {
    await open(failed);
    expect(screen.getByRole("alert")).toBeTruthy();
    expect(await violations()).toEqual([]);
  });
});
