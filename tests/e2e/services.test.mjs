// Every service that can be ordered opens by keyboard as a form that is right to look at.

import assert from "node:assert/strict";

import { assertAccessible, loadAxe } from "./axe.mjs";
import { journey } from "./desk.mjs";
import { assertFits, picture, resize } from "./fits.mjs";
import { settles, SIZES } from "./views.mjs";
import { until } from "./webdriver.mjs";

/** The names of the services, in the order in which they are offered. */
async function offered(desk) {
  await desk.press("Control+n");
  return until("the services", () =>
    desk.page.run(() => {
      const radios = [...document.querySelectorAll("input[name=service]")];
      if (document.activeElement?.textContent !== "New order") return null;
      if (!radios.some((radio) => radio.checked)) return null;
      return radios.map((radio) => radio.labels[0].querySelector("b").textContent);
    }),
  );
}

/** Starts an order of the service at that place of the list. */
async function start(desk, at) {
  await offered(desk);
  await desk.press(String(at + 1));
  await desk.press("Enter");
  await until("the focus in the first field", () =>
    desk.page.run(() => document.activeElement?.closest("form.form [data-path]")?.dataset.path !== undefined),
  );
}

journey(
  "each service opens as a form that fits and that axe finds nothing in",
  async (desk) => {
    await desk.start();
    await loadAxe(desk);
    const services = await offered(desk);
    assert.equal(services.length, 8, services.join(", "));
    for (const [at, service] of services.entries()) {
      await start(desk, at);
      const heading = await desk.page.run(() => document.querySelector("h1").innerText);
      assert.equal(heading, service);
      for (const [width, height] of SIZES) {
        await resize(desk, width, height);
        await settles(desk);
        await assertFits(desk, width, height, service);
        await picture(desk, `service ${service} ${width}`, width, height);
      }
      await assertAccessible(desk, service);
    }
  },
  { withinMs: 240_000 },
);
