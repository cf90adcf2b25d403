// The shell: what the window shows when it opens, and that the keyboard does everything.

import assert from "node:assert/strict";

import { journey } from "./desk.mjs";
import { goTo, hex, THEMES, token, VIEWS, wear } from "./views.mjs";
import { until } from "./webdriver.mjs";

journey("opens with its title, its rail and a status line that names practice", async (desk) => {
  await desk.start();
  assert.equal(await desk.page.title(), "Active · Satchel");
  assert.equal((await desk.page.windows()).length, 1);
  const rail = await desk.page.elements("nav button");
  const names = await Promise.all(rail.map((button) => button.name()));
  assert.deepEqual(names, [
    "New order",
    "Drafts 0",
    "Outbox 0",
    "Active 0",
    "Completed 0",
    "Settings",
    "Lock",
  ]);
  assert.equal(await desk.read("heading", "Active"), "Active");
  assert.equal(await desk.read("heading", "No active orders"), "No active orders");
  assert.match(
    await desk.read("contentinfo", "Status"),
    /Practice: a sample firm, nothing leaves this computer/,
  );
});

journey("goes by keyboard to a new order, to Settings and back, with focus on the heading", async (desk) => {
  await desk.start();
  for (const [stroke, view] of [
    ["Control+n", "New order"],
    ["Control+,", "Settings"],
    ["Escape", "New order"],
    ["Escape", "Active"],
  ]) {
    await desk.press(stroke);
    await focusReaches(desk, "heading", view);
    assert.equal(await desk.page.title(), `${view} · Satchel`);
    await assertFocusIsSeen(desk, "light");
  }
});

journey("goes round the panes with F6, and back with Shift+F6", async (desk) => {
  await desk.start();
  const round = [
    ["button", "Active 0"],
    ["heading", "Active"],
    ["contentinfo", "Status"],
  ];
  for (const [role, name] of [...round, round[0]]) {
    await desk.press("F6");
    await focusReaches(desk, role, name);
    await assertFocusIsSeen(desk, "light");
  }
  for (const [role, name] of [...round].reverse()) {
    await desk.press("Shift+F6");
    await focusReaches(desk, role, name);
  }
});

for (const theme of THEMES) {
  journey(`reaches everything with Tab and shows where it is, in the ${theme} theme`, async (desk) => {
    await desk.start();
    await wear(desk, theme);
    for (const view of VIEWS) {
      await goTo(desk, view);
      await assertTabReachesEverything(desk, view, theme);
    }
  });
}

journey("does by Enter and Space what a click does", async (desk) => {
  await desk.start();
  await desk.press("F6", "Shift+Tab", "Enter");
  await focusReaches(desk, "heading", "Outbox");
  await desk.press("Tab", "Space");
  await focusReaches(desk, "heading", "Active");
});

journey("wears both themes, chosen in Settings by keyboard", async (desk) => {
  await desk.start();
  for (const theme of ["dark", "light"]) {
    await wear(desk, theme);
    for (const [selector, name] of [
      ["body", "paper"],
      ["nav", "ledger"],
      ["footer", "ledger"],
    ]) {
      const element = await desk.page.element(selector);
      assert.equal(hex(await element.css("background-color")), token(name, theme), `${selector} in ${theme}`);
    }
  }
  assert.notEqual(token("paper", "dark"), token("paper", "light"));
});

journey("opens again in the same folders after it was closed, and after it was killed", async (desk) => {
  await desk.start();
  const first = desk.appPid();
  await desk.stop();
  await desk.start();
  assert.notEqual(desk.appPid(), first);
  await desk.kill();
  await desk.start();
  assert.equal(await desk.read("heading", "Active"), "Active");
});

async function focusReaches(desk, role, name) {
  let seen;
  await until(`focus on ${role} ${name}`, async () => {
    const element = await desk.page.activeElement();
    seen = [await element.role(), await element.name()];
    return seen[0] === role && seen[1] === name;
  }).catch((error) => {
    throw new Error(`${error.message}; it is on ${seen?.join(" ")}`);
  });
}

/** Holds that whatever has the focus wears the ring of the design, and that the ring lies inside the window. */
async function assertFocusIsSeen(desk, theme) {
  const seen = await desk.page.run(() => {
    const { outlineStyle, outlineWidth, outlineColor } = getComputedStyle(document.activeElement);
    const { top, left, bottom, right } = document.activeElement.getBoundingClientRect();
    return {
      what: document.activeElement.outerHTML.slice(0, 80),
      ring: [outlineStyle, outlineWidth],
      color: outlineColor,
      inside: top >= 0 && left >= 0 && bottom <= innerHeight && right <= innerWidth,
    };
  });
  assert.deepEqual(seen.ring, ["solid", "2px"], seen.what);
  assert.equal(hex(seen.color), token("focus", theme), seen.what);
  assert.ok(seen.inside, `${seen.what} is outside of the window`);
}

/** Holds that Tab visits each control of the view once before it comes round, and nothing else. */
async function assertTabReachesEverything(desk, view, theme) {
  const wanted = await desk.page.run(() => {
    const controls = "a[href], button, input, select, textarea, summary, [tabindex='0'], [contenteditable]";
    // Of radio buttons Tab stops at the chosen one; the arrow keys reach the others.
    const isStop = (control) => !control.disabled && (control.type !== "radio" || control.checked);
    const all = [...document.querySelectorAll(controls)].filter(isStop);
    all.forEach((control, place) => (control.dataset.place = String(place)));
    return all.length;
  });
  const visited = [];
  for (let step = 0; step < wanted; step += 1) {
    await desk.press("Tab");
    visited.push(
      await desk.page.run(() => document.activeElement.dataset.place ?? document.activeElement.outerHTML),
    );
    await assertFocusIsSeen(desk, theme);
  }
  const all = Array.from({ length: wanted }, (_, place) => String(place));
  assert.deepEqual(visited.sort(byNumber), all, `the stops of Tab in ${view}`);
}

function byNumber(one, other) {
  return Number(one) - Number(other);
}
