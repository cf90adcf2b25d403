// A picture of every view, in both themes and two sizes, for a person to look at; and that nothing is cut off or
// enlarged.

import assert from "node:assert/strict";

import { journey } from "./desk.mjs";
import { goTo, settles, THEMES, VIEWS, wear } from "./views.mjs";

const SIZES = [
  [1280, 800],
  [1920, 1080],
];

for (const [width, height] of SIZES) {
  journey(`looks right at ${width} x ${height}`, async (desk) => {
    await desk.start();
    const { width: gotWidth, height: gotHeight } = await desk.page.resize(width, height);
    assert.deepEqual([gotWidth, gotHeight], [width, height]);
    for (const theme of THEMES) {
      await wear(desk, theme);
      for (const view of VIEWS) {
        await goTo(desk, view);
        await desk.page.pointAt(width / 2, height - 100);
        await settles(desk);
        await assertFits(desk, width, height, `${view} in ${theme}`);
        const png = await desk.screenshot(`${view} ${theme} ${width}`);
        assert.deepEqual(
          [png.readUInt32BE(16), png.readUInt32BE(20)],
          [width, height],
          "the size of the picture",
        );
      }
    }
  });
}

/** Holds that the page is shown at its own size, fills the window, and scrolls only where a pane does. */
async function assertFits(desk, width, height, what) {
  const seen = await desk.page.run(() => ({
    inner: [innerWidth, innerHeight],
    zoom: [devicePixelRatio, visualViewport.scale],
    scrolls: [document.scrollingElement.scrollWidth, document.scrollingElement.scrollHeight],
    textSize: getComputedStyle(document.body).fontSize,
    fonts: [...document.fonts].filter((font) => font.status === "error").map((font) => font.family),
    cut: [...document.querySelectorAll("button, h1, h2, p, dt, dd, label")]
      .filter(
        (element) =>
          element.scrollWidth > element.clientWidth + 1 && getComputedStyle(element).display !== "inline",
      )
      .map((element) => element.textContent),
  }));
  assert.deepEqual(
    seen,
    { inner: [width, height], zoom: [1, 1], scrolls: [width, height], textSize: "13px", fonts: [], cut: [] },
    what,
  );
}
