// A picture of every view, in both themes and two sizes, for a person to look at; and that nothing is cut off or
// enlarged.

import { journey } from "./desk.mjs";
import { assertFits, picture, resize } from "./fits.mjs";
import { goTo, settles, SIZES, THEMES, VIEWS, wear } from "./views.mjs";

for (const [width, height] of SIZES) {
  journey(`looks right at ${width} x ${height}`, async (desk) => {
    await desk.start();
    await resize(desk, width, height);
    for (const theme of THEMES) {
      await wear(desk, theme);
      for (const view of VIEWS) {
        await goTo(desk, view);
        await desk.page.pointAt(width / 2, height - 100);
        await settles(desk);
        await assertFits(desk, width, height, `${view} in ${theme}`);
        await picture(desk, `${view} ${theme} ${width}`, width, height);
      }
    }
  });
}
