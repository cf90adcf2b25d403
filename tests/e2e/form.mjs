// The form of an order, filled and read by keyboard as its users do.

import { until } from "./webdriver.mjs";

/** How many stops Tab may make on its way to a field of the same section. */
const STOPS_MAX = 80;
/** How many options a choice may have. */
const OPTIONS_MAX = 20;

/** Starts an order of the first service by keyboard. */
export async function startOrder(desk) {
  await desk.press("Control+n");
  await until("the services", () =>
    desk.page.run(
      () =>
        document.activeElement?.textContent === "New order" &&
        document.querySelector("input[name=service]:checked") !== null,
    ),
  );
  await desk.press("Enter");
  await until("the focus in the first field of the form", () =>
    desk.page.run(
      () => document.activeElement?.closest("form.form [data-path]")?.dataset.path === "customer.person",
    ),
  );
}

/** Opens the only draft of the list by keyboard, after Satchel was started again. */
export async function openDraft(desk) {
  await until("the draft in its list", () =>
    desk.page.run(() => document.querySelector("tbody tr") !== null),
  );
  await until("the focus on the heading", async () => {
    if (await desk.page.run(() => document.activeElement?.tagName === "H1")) return true;
    await desk.press("F6");
    return false;
  });
  await desk.press("ArrowDown");
  await until("the focus in the list", () =>
    desk.page.run(() => document.activeElement?.closest("tbody tr") !== null),
  );
  await desk.press("Enter");
  await formIsOpen(desk);
}

export function formIsOpen(desk) {
  return until("the form", () =>
    desk.page.run(
      () => document.activeElement?.tagName === "H1" && document.querySelector("form.form") !== null,
    ),
  );
}

/** Returns what the status line says. */
export function status(desk) {
  return desk.page.run(() =>
    document.querySelector("footer .status-words").innerText.replaceAll(/\s+/g, " "),
  );
}

/** Waits until the status line says that everything is on disk. */
export function isSaved(desk, { withinMs } = {}) {
  return until("the status line to say Saved", async () => /^Saved \d/.test(await status(desk)), {
    withinMs,
  });
}

/** Goes to a section by its number, and opens it where it is folded. */
export async function goToSection(desk, number) {
  await desk.press(`Alt+${number}`);
  await until(`the focus in section ${number}`, async () => {
    const at = await desk.page.run(() => ({
      section: document.activeElement?.closest(".form-section")?.querySelector("h2 .no").textContent,
      isFolded: document.activeElement?.getAttribute("aria-label")?.startsWith("Edit ") ?? false,
    }));
    if (at.section === String(number) && at.isFolded) await desk.press("Enter");
    return at.section === String(number) && !at.isFolded;
  });
}

/** Presses Tab until the focus is in the field of a path. */
export async function tabTo(desk, path) {
  await until(`the field ${path}`, () =>
    desk.page.run((path) => document.querySelector(`[data-path="${path}"]`) !== null, path),
  );
  for (let stop = 0; stop < STOPS_MAX; stop += 1) {
    if (await isIn(desk, path)) return;
    await desk.press("Tab");
  }
  throw new Error(`Tab does not come to ${path}`);
}

function isIn(desk, path) {
  return desk.page.run((path) => {
    const control = document.activeElement;
    const box = control?.closest("[data-path]");
    return box?.dataset.path === path && /^(input|textarea|select)$/i.test(control.tagName);
  }, path);
}

/** Answers the field that Tab comes to next at a path; what each kind of answer is, `fill` says. */
export async function answer(desk, path, given) {
  await tabTo(desk, given.parts ? `${path}.${Object.keys(given.parts)[0]}` : path);
  if (given.text !== undefined) await desk.page.type(given.text);
  if (given.radio !== undefined) await chooseByArrows(desk, given.radio);
  if (given.select !== undefined) await selectByArrows(desk, given.select);
  if (given.checks !== undefined) await checkBySpace(desk, given.checks);
  if (given.parts !== undefined) {
    for (const [part, text] of Object.entries(given.parts)) {
      await tabTo(desk, `${path}.${part}`);
      await desk.page.type(text);
    }
  }
}

/** Goes by arrow from the option that has the focus to the one with that label; Space takes it where it is there already. */
async function chooseByArrows(desk, label) {
  const { steps, labels } = await desk.page.run((label) => {
    const radios = [...document.activeElement.closest(".options").querySelectorAll("input")];
    const labels = radios.map((radio) => radio.closest("label").innerText.trim());
    return { steps: labels.indexOf(label) - radios.indexOf(document.activeElement), labels };
  }, label);
  if (!labels.includes(label)) throw new Error(`${label} is none of ${labels}`);
  for (let step = 0; step < Math.abs(steps); step += 1) await desk.press(steps > 0 ? "ArrowDown" : "ArrowUp");
  if (steps === 0) await desk.press("Space");
  await until(`${label} to be chosen`, () =>
    desk.page.run((label) => {
      const { activeElement } = document;
      return activeElement.checked && activeElement.closest("label").innerText.trim() === label;
    }, label),
  );
}

async function selectByArrows(desk, label) {
  const at = () => desk.page.run(() => document.activeElement.selectedOptions[0]?.label);
  for (let step = 0; step < OPTIONS_MAX; step += 1) {
    if ((await at()) === label) return;
    await desk.press("ArrowDown");
  }
  throw new Error(`the arrows do not come to ${label}`);
}

/** Goes through the boxes of a field with Tab, and checks those with the labels. */
async function checkBySpace(desk, labels) {
  const path = await desk.page.run(() => document.activeElement.closest("[data-path]").dataset.path);
  const left = new Set(labels);
  while (left.size > 0 && (await isIn(desk, path))) {
    const label = await desk.page.run(() => document.activeElement.closest("label").innerText.trim());
    if (left.delete(label)) await desk.press("Space");
    await desk.press("Tab");
  }
  if (left.size > 0) throw new Error(`no box is called ${[...left]}`);
}

/**
 * Reads every answer by path, section by section: what a field shows, and what is behind the mask of a sensitive one. An
 * empty field has no entry.
 */
export async function readForm(desk) {
  const read = {};
  const sections = await desk.page.run(() => document.querySelectorAll(".form-section").length);
  for (let number = 1; number <= sections; number += 1) {
    await goToSection(desk, number);
    const rows = await rowsOf(desk, number);
    if (rows.length === 0) Object.assign(read, await readSection(desk, number));
    for (const row of rows) {
      await openRow(desk, row);
      Object.assign(read, await readSection(desk, number));
    }
  }
  return read;
}

function rowsOf(desk, number) {
  return desk.page.run(
    (number) =>
      [...document.querySelectorAll(".form-section")][number - 1]
        .querySelectorAll(".place")
        .values()
        .map(({ id }) => id)
        .toArray(),
    number,
  );
}

/** Opens a row by keyboard, if it is not open. */
export async function openRow(desk, row) {
  const isOpen = () =>
    desk.page.run((row) => document.getElementById(row).classList.contains("is-open"), row);
  if (await isOpen()) return;
  for (let stop = 0; stop < STOPS_MAX; stop += 1) {
    const isThere = await desk.page.run((row) => {
      const { activeElement } = document;
      return activeElement.closest(".place")?.id === row && activeElement.innerText === "Open";
    }, row);
    if (isThere) break;
    await desk.press("Tab");
  }
  await desk.press("Enter");
  await until(`${row} to open`, isOpen);
}

async function readSection(desk, number) {
  const { plain, masked } = await desk.page.run((number) => {
    const section = [...document.querySelectorAll(".form-section")][number - 1];
    const plain = {};
    const masked = [];
    for (const control of section.querySelectorAll("[data-path] :is(input, textarea, select)")) {
      const { path } = control.closest("[data-path]").dataset;
      const says = (() => {
        if (["radio", "checkbox"].includes(control.type))
          return control.checked ? control.closest("label").innerText.trim() : "";
        if (control.tagName === "SELECT") return control.value === "" ? "" : control.selectedOptions[0].label;
        return control.value;
      })();
      if (says === "") continue;
      if (control.type === "checkbox") plain[path] = [...(plain[path] ?? []), says];
      else if (control.classList.contains("is-masked")) masked.push([path, says]);
      else plain[path] = says;
    }
    return { plain, masked };
  }, number);
  for (const [path, mask] of masked) plain[path] = { mask, revealed: await reveal(desk, path) };
  return plain;
}

/** Reveals a sensitive answer by keyboard and returns it: a text, or the parts of an address. */
export async function reveal(desk, path) {
  await tabTo(desk, path);
  await desk.press("Enter");
  return until(`what is behind the mask of ${path}`, () =>
    desk.page.run((path) => {
      const box = document.querySelector(`[data-path="${path}"]`);
      if (box.querySelector(".is-masked")) return null;
      const controls = [...box.querySelectorAll("input, textarea")];
      const own = controls.filter((control) => control.closest("[data-path]") === box);
      if (own.length === 1) return own[0].value;
      return Object.fromEntries(
        controls
          .filter(({ value }) => value !== "")
          .map((control) => [control.closest("[data-path]").dataset.path.split(".").at(-1), control.value]),
      );
    }, path),
  );
}

/** Returns what the docket says is left to do. */
export function toFinish(desk) {
  return desk.page.run(() =>
    [...document.querySelectorAll("[aria-labelledby=to-finish] :is(li span:nth-of-type(1), p)")]
      .map((line) => line.textContent.trim())
      .filter((line) => line !== ""),
  );
}

/** Returns the dates of the docket by what they are of, with their statutes and how they stand. */
export function dates(desk) {
  return desk.page.run(() =>
    [...document.querySelectorAll(".dates > li")].map((line) => [
      line.querySelector(".date-what").textContent.trim(),
      line.querySelector("cite").textContent,
      line.querySelector(".date-stands")?.textContent.trim().replaceAll(/\s+/g, " ") ?? null,
    ]),
  );
}

/** Returns the files of the docket by their names, in their order, with what is said of each. */
export async function files(desk) {
  // As a list: the driver sorts the members of an object.
  const lines = await desk.page.run(() =>
    [...document.querySelectorAll(".files-list li")].map((line) => [
      line.querySelector("span").textContent,
      [...line.querySelectorAll(".note:not(button), .file-says")]
        .map((words) => words.textContent.trim())
        .filter((words) => words !== "")
        .join(": "),
    ]),
  );
  return Object.fromEntries(lines);
}

/** Waits until so many files are there and all are sealed. */
export async function filesAreSealed(desk, count) {
  let seen;
  await until(
    `${count} sealed files`,
    async () => {
      seen = Object.values(await files(desk));
      return seen.length === count && seen.every((says) => says.endsWith("· sealed"));
    },
    { withinMs: 60_000 },
  ).catch((error) => {
    throw new Error(`${error.message}; there are ${JSON.stringify(seen)}`);
  });
}
