// An order as its users see it, from the empty form to the sheet: axe finds nothing, nothing is cut off, and there is a
// picture of each for a person to look at.

import assert from "node:assert/strict";
import { join } from "node:path";

import { assertAccessible, loadAxe } from "./axe.mjs";
import { journey } from "./desk.mjs";
import { assertFits, picture, resize } from "./fits.mjs";
import { answer, formIsOpen, goToSection, isSaved, openRow, startOrder, tabTo } from "./form.mjs";
import { fill } from "./order.mjs";
import { writePdf } from "./papers.mjs";
import { goTo, settles, SIZES, THEMES, wear } from "./views.mjs";
import { until } from "./webdriver.mjs";

/** The screens of an order, each with the way to it from the one before. */
const SCREENS = {
  "form, folded": async () => undefined,
  "form, a masked section open": async (desk) => {
    await goToSection(desk, 4);
    await tabTo(desk, "subject.claim_type");
  },
  "form, a location open": async (desk) => {
    await goToSection(desk, 6);
    await openRow(desk, "row:locations.0");
  },
  "form, more": async (desk) => {
    await desk.click("button", "More");
  },
  review: async (desk) => {
    await desk.press("Escape", "Control+Enter");
    await sheetIsThere(desk);
  },
};

/** The screens of an order that is wrong in places. */
const WRONG_SCREENS = {
  "review, incomplete": async (desk) => {
    await desk.press("Control+Enter");
    await sheetIsThere(desk);
  },
  "form, with errors": async (desk) => {
    await desk.press("Escape");
    await formIsOpen(desk);
    await goToSection(desk, 1);
  },
  "form, asked whether to discard": async (desk) => {
    await desk.click("button", "More");
    await desk.press("End", "Enter");
    await until("the question", () => desk.page.run(() => document.querySelector("dialog[open]") !== null));
  },
};

/** The screens of a vault and of what was put away, each with the way to it from the one before. */
const VAULT_SCREENS = {
  versions: async (desk) => {
    await desk.click("button", "More");
    await desk.press("Enter");
    await desk.find("heading", "Earlier versions");
  },
  trash: async (desk) => {
    await desk.press("Escape");
    await formIsOpen(desk);
    await desk.click("button", "More");
    await desk.press("End", "Enter");
    await desk.press("Tab", "Enter");
    await desk.click("button", /^Trash, 1/);
    await desk.find("heading", "Trash");
  },
  "trash, asked whether to delete": async (desk) => {
    await desk.click("button", /^Empty the trash/);
    await until("the question", () => desk.page.run(() => document.querySelector("dialog[open]") !== null));
  },
  "settings, a passphrase": async (desk) => {
    await desk.press("Escape");
    await goTo(desk, "Settings");
    await desk.click("button", /^Set a passphrase/);
  },
  "recovery kit": async (desk) => {
    await desk.press("Escape");
    await goTo(desk, "Settings");
    await desk.click("button", /^Make the kit…/);
    await until("the words", () =>
      desk.page.run(() => document.querySelectorAll("ol.words li").length === 12),
    );
  },
  locked: async (desk) => {
    await keepKit(desk);
    await desk.lock();
    await loadAxe(desk);
  },
  "locked, by the words of the kit": async (desk) => {
    await desk.click("button", "Use the recovery kit");
  },
};

for (const theme of THEMES) {
  journey(
    `locking, keys, versions and the trash are right to look at in the ${theme} theme`,
    async (desk) => {
      await desk.start();
      await loadAxe(desk);
      await wear(desk, theme);
      await startOrder(desk);
      await goToSection(desk, 1);
      await answer(desk, "customer.person", { text: "Dana Whitfield" });
      await answer(desk, "customer.email", { text: "dana@example.com" });
      await goToSection(desk, 2);
      await answer(desk, "case.plaintiff", { text: "Maria Delgado" });
      await isSaved(desk);
      for (const [screen, go] of Object.entries(VAULT_SCREENS)) {
        await go(desk);
        assert.equal(await desk.page.run(() => document.documentElement.dataset.theme), theme, screen);
        await lookAt(desk, screen, theme);
      }
    },
  );

  journey(
    `a first run without a keyring is right to look at in the ${theme} theme`,
    async (desk) => {
      await desk.start();
      await loadAxe(desk);
      await desk.page.run((theme) => (document.documentElement.dataset.theme = theme), theme);
      await lookAt(desk, "first run without a keyring", theme);
    },
    { keyring: "none" },
  );

  journey(`an order is right to look at in the ${theme} theme`, async (desk) => {
    await desk.start();
    await loadAxe(desk);
    await wear(desk, theme);
    await startOrder(desk);
    await lookAt(desk, "form, new", theme);
    await fill(desk);
    desk.picks(
      writePdf(join(desk.papers, "Authorization, signed.pdf"), 3).path,
      join(desk.papers, "Gone.pdf"),
    );
    await desk.press("Control+o");
    await filesEnd(desk);
    await isSaved(desk);
    for (const [screen, go] of Object.entries(SCREENS)) {
      await go(desk);
      await lookAt(desk, screen, theme);
    }
    await goTo(desk, "Drafts");
    await lookAt(desk, "drafts, filled", theme);
  });

  journey(`an order with errors is right to look at in the ${theme} theme`, async (desk) => {
    await desk.start();
    await loadAxe(desk);
    await wear(desk, theme);
    await startOrder(desk);
    await goToSection(desk, 1);
    await answer(desk, "customer.person", { text: "Dana <script>alert(1)</script>Whitfield" });
    await answer(desk, "customer.email", { text: "dana at example" });
    await answer(desk, "customer.phone", { text: "555" });
    await goToSection(desk, 2);
    await answer(desk, "case.plaintiff", { text: "Maria Delgado" });
    await desk.press("Control+Shift+a");
    await isSaved(desk);
    for (const [screen, go] of Object.entries(WRONG_SCREENS)) {
      await go(desk);
      await lookAt(desk, screen, theme);
    }
  });
}

/** Types back what the kit asks for. */
async function keepKit(desk) {
  const { words, asked } = await desk.page.run(() => ({
    words: [...document.querySelectorAll("ol.words li")].map((item) => item.lastChild.textContent.trim()),
    asked: [...document.querySelectorAll("input[id^='word-']")].map((input) => Number(input.id.slice(5))),
  }));
  for (const number of asked) await desk.type("textbox", `Word ${number}`, words[number - 1]);
  await desk.press("Enter");
  await until("the kit to be kept", () => desk.page.run(() => document.querySelector("ol.words") === null));
}

async function lookAt(desk, screen, theme) {
  for (const [width, height] of SIZES) {
    await resize(desk, width, height);
    await desk.page.pointAt(width / 2, height - 4);
    await settles(desk);
    await assertFits(desk, width, height, `${screen} in ${theme}`);
    await picture(desk, `${screen} ${theme} ${width}`, width, height);
  }
  await assertAccessible(desk, `${screen} in ${theme}`);
}

function sheetIsThere(desk) {
  return until("the sheet", () => desk.page.run(() => document.querySelector("article.sheet") !== null));
}

function filesEnd(desk) {
  return until("the files to end", () =>
    desk.page.run(() => {
      const lines = [...document.querySelectorAll(".files-list li")].map((line) => line.textContent);
      return lines.length === 2 && lines.every((line) => /· (sealed|not attached)/.test(line));
    }),
  );
}
