// That what the window shows is whole: nothing is cut off, enlarged or missing.

import assert from "node:assert/strict";

/** Sets the size of the window, and holds that it got it. */
export async function resize(desk, width, height) {
  const got = await desk.page.resize(width, height);
  assert.deepEqual([got.width, got.height], [width, height]);
}

/** Takes a picture, and holds that it has the size of the window. */
export async function picture(desk, name, width, height) {
  const png = await desk.screenshot(name);
  assert.deepEqual([png.readUInt32BE(16), png.readUInt32BE(20)], [width, height], "the size of the picture");
}

/** Holds that the page is shown at its own size, fills the window, and scrolls only where a pane does. */
export async function assertFits(desk, width, height, what) {
  const seen = await desk.page.run(() => ({
    inner: [innerWidth, innerHeight],
    zoom: [devicePixelRatio, visualViewport.scale],
    scrolls: [document.scrollingElement.scrollWidth, document.scrollingElement.scrollHeight],
    textSize: getComputedStyle(document.body).fontSize,
    fonts: [...document.fonts].filter((font) => font.status === "error").map((font) => font.family),
    cut: [...document.querySelectorAll("button, h1, h2, p, dt, dd, label")]
      .filter(
        (element) =>
          element.scrollWidth > element.clientWidth + 1 &&
          getComputedStyle(element).display !== "inline" &&
          // Read by assistive technology only.
          !element.closest(".only-read") &&
          // Cut with an ellipsis, and whole in its title.
          !(
            getComputedStyle(element).textOverflow === "ellipsis" &&
            element.title === element.textContent.trim()
          ),
      )
      .map((element) => element.textContent),
  }));
  assert.deepEqual(
    seen,
    { inner: [width, height], zoom: [1, 1], scrolls: [width, height], textSize: "13px", fonts: [], cut: [] },
    what,
  );
}
