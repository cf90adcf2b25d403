import { screen, within } from "@testing-library/svelte";
import { tick } from "svelte";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { field, openForm } from "../../test/form";
import { ORDER, Vault } from "../../test/vault";
import { TOAST_MS } from "../shell/toasts.svelte";

beforeEach(() => {
  vi.useFakeTimers({ shouldAdvanceTime: true });
});
afterEach(() => {
  vi.useRealTimers();
});

const wait = (ms: number) => vi.advanceTimersByTimeAsync(ms);
const section = (name: RegExp) => screen.getByRole("region", { name });
const docket = () => screen.getByRole("complementary", { name: "Docket" });
const filled = () =>
  new Vault().set("customer.person", "Dana Whitfield").set("customer.email", "dwhitfield@example.com");

/** A vault with two locations, the second of which lacks its phone. */
function twoLocations(): Vault {
  const vault = filled();
  const [first, second] = [vault.addRow(), vault.addRow()];
  return vault
    .set(`locations.${first}.custodian`, "St. Brigid Medical Center")
    .set(`locations.${first}.phone`, "(562) 555-0142")
    .set(`locations.${second}.custodian`, "Lakeshore Imaging");
}

describe("rows", () => {
  it("are added with the focus in their first field, one open at a time", async () => {
    const { user } = await openForm(twoLocations());
    await user.click(screen.getByRole("button", { name: "Open location 4.1" }));
    await user.keyboard("{Control>}{Shift>}a{/Shift}{/Control}");
    await wait(0);
    expect(document.activeElement?.id).toBe("field:locations.3.custodian");
    expect(screen.getAllByRole("button", { name: /^Close location/ })).toHaveLength(1);
    expect(within(section(/Locations/)).getByText("3 locations")).toBeTruthy();
  });

  it("are removed with a toast, and brought back with what was typed last", async () => {
    const { user, vault } = await openForm(twoLocations());
    await user.click(screen.getByRole("button", { name: "Open location 4.2" }));
    await user.type(document.getElementById("field:locations.2.phone") ?? document.body, "555");
    await user.click(screen.getByRole("button", { name: "Remove location 4.2" }));
    await wait(0);
    expect(vault.rows).toEqual([1]);
    expect(document.activeElement).toBe(screen.getByRole("button", { name: "Open location 4.1" }));
    expect(screen.getByText("Location 4.2 removed")).toBeTruthy();
    await user.keyboard("{Control>}z{/Control}");
    await wait(0);
    expect(vault.rows).toEqual([1, 2]);
    expect(vault.answers.get("locations.2.phone")).toEqual({ is: "text", text: "555" });
    expect(document.activeElement).toBe(screen.getByRole("button", { name: "Open location 4.2" }));
    expect(screen.queryByText("Location 4.2 removed")).toBeNull();
  });

  it("are duplicated without what is masked", async () => {
    const { user, vault } = await openForm(twoLocations());
    await user.click(screen.getByRole("button", { name: "Open location 4.1" }));
    await user.click(screen.getByRole("button", { name: "Duplicate location 4.1" }));
    await wait(300);
    expect(vault.answers.get("locations.3.custodian")).toEqual(vault.answers.get("locations.1.custodian"));
    expect(vault.answers.get("locations.3.phone")).toEqual(vault.answers.get("locations.1.phone"));
  });

  it("say when there are as many as an order takes", async () => {
    const vault = twoLocations();
    vault.addRow();
    vault.addRow();
    const { api, user } = await openForm(vault);
    await user.click(screen.getByRole("button", { name: /^Add a location/ }));
    expect(api.addRow).not.toHaveBeenCalled();
    expect(screen.getByText("4 is the most that one order takes.")).toBeTruthy();
  });
});

describe("the toast", () => {
  it("stays ten seconds, longer while it has the focus or is pointed at", async () => {
    const { user } = await openForm(twoLocations());
    await user.click(screen.getByRole("button", { name: "Open location 4.2" }));
    await user.click(screen.getByRole("button", { name: "Remove location 4.2" }));
    await wait(TOAST_MS - 3_000);
    screen.getByRole("button", { name: /^Undo/ }).focus();
    await wait(TOAST_MS * 3);
    expect(screen.getByRole("button", { name: /^Undo/ })).toBeTruthy();
    screen.getByRole("button", { name: "Open location 4.1" }).focus();
    await wait(4_000);
    expect(screen.queryByRole("button", { name: /^Undo/ })).toBeNull();
  });

  it("leaves Ctrl+Z to a text that is being edited", async () => {
    const { user, vault } = await openForm(twoLocations());
    await user.click(screen.getByRole("button", { name: "Open location 4.2" }));
    await user.click(screen.getByRole("button", { name: "Remove location 4.2" }));
    await wait(0);
    await user.click(field("Full name"));
    await user.keyboard("{Control>}z{/Control}");
    await wait(0);
    expect(vault.rows).toEqual([1]);
  });
});

describe("files", () => {
  const sealing = (done: number) =>
    ({ file: "f1", name: "Films.zip", length: 2_000, state: { is: "sealing", done } }) as const;
  const sealed = {
    file: "f1",
    name: "Films.zip",
    length: 2_000,
    state: { is: "sealed", sha256: "" },
  } as const;

  it("show how far sealing is, as it is told", async () => {
    const { shell } = await openForm();
    shell.events.tell({ is: "file", order: ORDER, file: sealing(0) });
    await tick();
    const bar = within(docket()).getByRole<HTMLProgressElement>("progressbar", { name: "Sealing Films.zip" });
    expect(bar.value).toBe(0);
    await wait(4_000);
    shell.events.tell({ is: "file", order: ORDER, file: sealing(1_000) });
    shell.events.tell({ is: "file", order: "another", file: { ...sealing(0), file: "f2" } });
    await tick();
    expect(bar.value).toBe(50);
    expect(within(docket()).getByText(/^About [45] s left$/)).toBeTruthy();
    shell.events.tell({ is: "file", order: ORDER, file: sealed });
    await tick();
    expect(within(docket()).queryByRole("progressbar")).toBeNull();
    expect(within(docket()).getByText("1 sealed")).toBeTruthy();
  });

  it("are removed with Undo, which brings them back", async () => {
    const vault = filled();
    vault.files = [sealed];
    const { api, user } = await openForm(vault);
    await user.click(screen.getByRole("button", { name: "Remove Films.zip" }));
    expect(api.removeFile).toHaveBeenCalledWith(ORDER, "f1");
    expect(document.activeElement).toBe(screen.getByRole("button", { name: "add files" }));
    await user.click(screen.getByRole("button", { name: /^Undo/ }));
    expect(api.restoreFile).toHaveBeenCalledWith(ORDER, "f1");
    expect(document.activeElement).toBe(screen.getByRole("button", { name: "Remove Films.zip" }));
  });

  it("say why they could not be attached, until that is dismissed", async () => {
    const error = { code: "file_refused", message: "The file changed while it was read." } as const;
    const vault = filled();
    vault.files = [{ ...sealed, state: { is: "failed", error } }];
    const { api, user } = await openForm(vault);
    expect(within(docket()).getByRole("alert").textContent).toBe(error.message);
    await user.click(screen.getByRole("button", { name: "Dismiss Films.zip" }));
    expect(api.cancelFile).toHaveBeenCalledWith(ORDER, "f1");
    expect(within(docket()).queryByText("Films.zip")).toBeNull();
  });

  it("are picked by Ctrl+O, and the docket shows where to drop them", async () => {
    const { api, shell, user } = await openForm();
    await user.keyboard("{Control>}o{/Control}");
    expect(api.pickFiles).toHaveBeenCalledWith(ORDER);
    shell.events.tell({ is: "dragging", over: true });
    await tick();
    expect(within(docket()).getByText("Let go to attach the files")).toBeTruthy();
  });
});

describe("the estimate", () => {
  it("adds up what is priced", async () => {
    await openForm(twoLocations());
    const rows = within(docket()).getAllByRole("row");
    expect(rows.map(({ textContent }) => textContent.trim().replaceAll(/\s+/g, " "))).toEqual([
      "Records request, 2 × 48.0096.00",
      "Estimated total96.00",
    ]);
  });
});

describe("discarding", () => {
  async function ask() {
    const opened = await openForm(twoLocations());
    await opened.user.click(screen.getByRole("button", { name: "More" }));
    await opened.user.keyboard("{End}{Enter}");
    await tick();
    return opened;
  }

  it("asks, with the focus on keeping, and Esc keeps", async () => {
    const { api, shell, user } = await ask();
    const dialog = screen.getByRole("alertdialog", { name: "Discard this draft?" });
    expect(dialog.textContent).toContain("2 locations");
    expect(document.activeElement?.textContent).toContain("Keep the draft");
    const before = shell.navigation.arrivals;
    await user.keyboard("{Escape}");
    expect(screen.queryByRole("alertdialog")).toBeNull();
    expect(document.activeElement).toBe(screen.getByRole("button", { name: "More" }));
    expect(api.discardDraft).not.toHaveBeenCalled();
    expect(shell.navigation.arrivals).toBe(before);
  });

  it("saves first, goes to the drafts, and can be undone", async () => {
    const { api, shell, user } = await ask();
    await user.click(screen.getByRole("button", { name: "Discard draft" }));
    await wait(0);
    expect(api.discardDraft).toHaveBeenCalledWith(ORDER);
    expect(shell.navigation.place).toEqual({ view: "drafts" });
    await user.click(screen.getByRole("button", { name: /^Undo/ }));
    await wait(0);
    expect(api.restoreDraft).toHaveBeenCalledWith(ORDER);
    expect(shell.navigation.place).toEqual({ view: "form", order: ORDER });
  });
});

describe("an answer to one field", () => {
  it("draws nothing anew in the others", async () => {
    const { user, vault } = await openForm();
    const others = [...document.querySelectorAll("[data-path]")].filter(
      (box) => box instanceof HTMLElement && box.dataset.path !== "subject.loss",
    );
    expect(others.length).toBeGreaterThan(15);
    const changes: MutationRecord[] = [];
    const watch = new MutationObserver((seen) => changes.push(...seen));
    for (const box of others) {
      watch.observe(box, { childList: true, characterData: true, attributes: true, subtree: true });
    }
    await user.type(field("Date of loss"), "2/3");
    await user.tab({ shift: true });
    await wait(300);
    expect(vault.saves).toHaveLength(1);
    expect(field("Date of loss").value).toBe("Tue Feb 3, 2026");
    expect(changes.concat(watch.takeRecords())).toEqual([]);
  });
});
