// The views of the window and the ways to them, as a user takes them.

import { readFileSync } from "node:fs";

import { until } from "./webdriver.mjs";

/** Every view that the rail leads to, in its order. */
export const VIEWS = ["New order", "Drafts", "Outbox", "Active", "Completed", "Settings"];

export const THEMES = ["light", "dark"];

/** The sizes that the window is looked at in: the smallest that a laptop has, and a large screen. */
export const SIZES = [
  [1280, 800],
  [1920, 1080],
];

/** Goes to a view by the rail. The name of a list's button ends in its count. */
export async function goTo(desk, view) {
  await desk.click("button", new RegExp(`^${view}( [0-9,]+)?$`), "navigation");
  await desk.reads("heading", view, view);
  await settles(desk);
}

/** Waits until nothing in the window moves or changes its colour any more, and every font is there. */
export function settles(desk) {
  return until("the window to settle", () =>
    desk.page.runAsync(async () => {
      await document.fonts.ready;
      return document.getAnimations().length === 0;
    }),
  );
}

/** Chooses the theme in Settings by keyboard, and stays there. */
export async function wear(desk, theme) {
  await goTo(desk, "Settings");
  const choice = await desk.find("select", "Appearance");
  await until("Tab to reach the appearance", async () => {
    await desk.press("Tab");
    return (await desk.page.activeElement()).id === choice.id;
  });
  const steps = await desk.page.run(
    (select, theme) =>
      [...select.options].findIndex((option) => option.label.toLowerCase() === theme) - select.selectedIndex,
    choice,
    theme,
  );
  await desk.press(...Array.from({ length: Math.abs(steps) }, () => (steps > 0 ? "ArrowDown" : "ArrowUp")));
  await until(`the ${theme} theme`, () =>
    desk.page.run((theme) => document.documentElement.dataset.theme === theme, theme),
  );
  await settles(desk);
}

/** Returns the colour that ui/src/tokens.css gives a token in a theme, as `#rrggbb`. */
export function token(name, theme) {
  const sheet = readFileSync(new URL("../../ui/src/tokens.css", import.meta.url), "utf8");
  const values = [...sheet.matchAll(new RegExp(`--${name}: (#[0-9a-f]{6});`, "g"))].map(([, value]) => value);
  if (values.length !== THEMES.length) throw new Error(`tokens.css gives --${name} ${values.length} values`);
  return values[THEMES.indexOf(theme)];
}

/** Turns `rgb(1, 2, 3)`, as an engine computes it, into `#010203`. */
export function hex(computed) {
  const numbers = /^rgb\((\d+), (\d+), (\d+)\)$/.exec(computed)?.slice(1);
  if (!numbers) throw new Error(`${computed} is no opaque colour`);
  return `#${numbers.map((number) => Number(number).toString(16).padStart(2, "0")).join("")}`;
}
