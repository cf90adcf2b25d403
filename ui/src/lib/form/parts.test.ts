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

describe("opening", () => {
  it("says why a draft cannot be opened, and tries again", async () => {
    const vault = filled();
    const view = vault.view;
    const answers = [
      { is: "failed", error: { code: "gone", message: "This order is not there any more." } },
      { is: "done", value: view },
    ] as const;
    let call = 0;
    const openDraft = () => Promise.resolve(answers[call++] ?? answers[1]);
    const { render } = await import("@testing-library/svelte");
    const { default: FormHost } = await import("../../test/FormHost.svelte");
    const { double } = await import("../../test/window");
    const { Shell } = await import("../shell/shell.svelte");
    render(FormHost, { shell: new Shell(double({ ...vault.commands(), openDraft })), order: ORDER });
    const alert = await screen.findByRole("alert");
    expect(alert.textContent).toContain("This order is not there any more.");
    within(alert).getByRole("button", { name: "Retry" }).click();
    expect(await screen.findByRole("form", { name: "Records retrieval order" })).toBeTruthy();
  });

  it("tells where drops go, and that they go nowhere when it closes", async () => {
    const { api, unmount } = await openForm();
    expect(api.dropsGoTo).toHaveBeenCalledExactlyOnceWith(ORDER);
    unmount();
    expect(api.dropsGoTo).toHaveBeenLastCalledWith(null);
  });

  it("draws every kind of field by its kind, and only what is asked", async () => {
    const { user } = await openForm();
    expect(field("Paper copy sets").inputMode).toBe("numeric");
    expect(screen.getByRole("group", { name: "Service level" })).toBeTruthy();
    expect(within(screen.getByRole("combobox")).getAllByRole("option")).toHaveLength(3);
    expect(field("Limit of fees").getAttribute("aria-describedby")).toBe("field:delivery.limit:help");
    expect(screen.queryByLabelText(/^Case number/)).toBeNull();
    const filed = screen.getByRole("group", { name: "Has the case been filed" });
    await user.click(within(filed).getByLabelText("Yes"));
    await wait(0);
    expect(field("Case number")).toBeTruthy();
    expect(within(filed).getByLabelText<HTMLInputElement>("Yes").checked).toBe(true);
  });

  it("saves what is chosen at once", async () => {
    const { user, vault } = await openForm(twoLocations());
    await user.click(screen.getByRole("radio", { name: "Rush" }));
    await user.selectOptions(screen.getByRole("combobox"), "Files and paper");
    await user.click(screen.getByRole("button", { name: "Open location 4.2" }));
    await user.click(screen.getByRole("checkbox", { name: "Billing" }));
    await user.click(screen.getByRole("checkbox", { name: "Medical" }));
    await user.type(
      screen.getByLabelText(/^ZIP/, { selector: "#field\\:locations\\.2\\.address\\.zip" }),
      "9",
    );
    await user.tab();
    await wait(0);
    expect(vault.saves).toEqual([
      { path: "delivery.level", entry: { is: "text", text: "rush" } },
      { path: "delivery.form", entry: { is: "text", text: "paper" } },
      { path: "locations.2.records", entry: { is: "choices", options: ["billing"] } },
      { path: "locations.2.records", entry: { is: "choices", options: ["medical", "billing"] } },
      { path: "locations.2.address", entry: { is: "parts", parts: { zip: "9" } } },
    ]);
  });
});

describe("folding", () => {
  it("folds what is complete when the draft opens, a case to its caption", async () => {
    await openForm(filled().set("case.plaintiff", "Maria Delgado").set("case.defendant", "Northline"));
    expect(within(section(/Ordered by/)).queryByRole("textbox")).toBeNull();
    expect(section(/Ordered by/).textContent).toContain("Dana Whitfield, dwhitfield@example.com");
    expect(within(section(/Case/)).getByRole("group", { name: "Case caption" }).textContent).toContain(
      "Plaintiff",
    );
    expect(within(section(/Subject/)).getAllByRole("textbox").length).toBeGreaterThan(3);
  });

  it("opens a fresh draft with every section to work through", async () => {
    await openForm();
    expect(screen.queryAllByRole("button", { name: /^Edit/ })).toEqual([]);
  });

  it("unfolds by Edit with the focus in the first field, and folds when it is left complete", async () => {
    const { user } = await openForm(filled());
    screen.getByRole("button", { name: "Edit Ordered by" }).focus();
    await user.keyboard("{Enter}");
    expect(document.activeElement).toBe(field("Ordering person"));
    await user.type(field("Ordering person"), "!");
    await user.tab();
    await wait(300);
    expect(within(section(/Ordered by/)).getAllByRole("textbox")).toHaveLength(2);
    await user.tab();
    await wait(300);
    expect(within(section(/Ordered by/)).queryByRole("textbox")).toBeNull();
    expect(document.activeElement).not.toBe(document.body);
  });

  it("does not fold what is left incomplete or is not on disk", async () => {
    const vault = filled();
    const { user } = await openForm(vault);
    await user.click(screen.getByRole("button", { name: "Edit Ordered by" }));
    await user.clear(field("Ordering person"));
    await user.click(field("Full name"));
    await wait(300);
    expect(within(section(/Ordered by/)).getAllByRole("textbox")).toHaveLength(2);
    const answer = vault.holdNext();
    await user.type(field("Ordering person"), "Dana");
    await user.click(field("Full name"));
    await wait(300);
    expect(within(section(/Ordered by/)).getAllByRole("textbox")).toHaveLength(2);
    answer();
    await wait(300);
    expect(within(section(/Ordered by/)).queryByRole("textbox")).toBeNull();
  });

  it("does not move away what is being clicked", async () => {
    const { user } = await openForm(filled());
    await user.click(screen.getByRole("button", { name: "Edit Ordered by" }));
    await user.pointer({ target: field("Full name"), keys: "[MouseLeft>]" });
    await wait(300);
    expect(within(section(/Ordered by/)).getAllByRole("textbox")).toHaveLength(2);
    await user.pointer({ target: field("Full name"), keys: "[/MouseLeft]" });
    await wait(10);
    expect(within(section(/Ordered by/)).queryByRole("textbox")).toBeNull();
  });
});

describe("problems", () => {
  it("calls nothing wrong while it is typed the first time", async () => {
    const { user } = await openForm();
    await user.type(field("Reply e-mail"), "dana");
    await wait(1_500);
    expect(field("Reply e-mail").getAttribute("aria-invalid")).toBeNull();
    await user.tab();
    const input = field("Reply e-mail");
    expect(input.getAttribute("aria-invalid")).toBe("true");
    const says = document.getElementById(input.getAttribute("aria-describedby") ?? "");
    expect(says?.textContent).toContain("This is not an e-mail address.");
    await user.type(input, "@example.com");
    await wait(300);
    expect(input.getAttribute("aria-invalid")).toBeNull();
  });

  it("says at the field what is missing only after Review was tried", async () => {
    const { shell, user } = await openForm();
    expect(field("Full name").getAttribute("aria-required")).toBe("true");
    expect(screen.queryByText("This is needed.")).toBeNull();
    await user.keyboard("{Control>}{Enter}{/Control}");
    await wait(0);
    expect(screen.getAllByText("This is needed.").length).toBeGreaterThan(1);
    expect(shell.navigation.place).toEqual({ view: "review", order: ORDER });
  });

  it("does not go on to Review with something that is not on disk", async () => {
    const vault = new Vault();
    const full = { code: "not_saved", message: "The disk is full." } as const;
    vault.failNext(full, full);
    const { shell, user } = await openForm(vault);
    const before = shell.navigation.place;
    await user.type(field("Full name"), "Maria");
    await user.keyboard("{Control>}{Enter}{/Control}");
    await wait(0);
    expect(shell.navigation.place).toEqual(before);
    expect(screen.getByText("Not saved.")).toBeTruthy();
  });

  it("lists them in the docket, each leading to its field", async () => {
    const { user } = await openForm(twoLocations());
    const lines = within(docket()).getAllByRole("button", { name: /^Missing/ });
    expect(lines.map(({ textContent }) => textContent.trim().replaceAll(/\s+/g, " "))).toEqual([
      "Missing subject.name 3",
      "Missing locations.2.phone 4.2",
    ]);
    const [, phone] = lines;
    if (!phone) throw new Error("no line for the phone");
    await user.click(phone);
    await tick();
    expect(document.activeElement?.id).toBe("field:locations.2.phone");
    expect(within(docket()).getByText("2 items")).toBeTruthy();
  });

  it("are gone through by F8 and Shift+F8, around the end", async () => {
    const { user } = await openForm(twoLocations());
    const at = () => document.activeElement?.id;
    await user.keyboard("{F8}");
    expect(at()).toBe("field:subject.name");
    await user.keyboard("{F8}");
    await wait(0);
    expect(at()).toBe("field:locations.2.phone");
    await user.keyboard("{F8}");
    expect(at()).toBe("field:subject.name");
    await user.keyboard("{Shift>}{F8}{/Shift}");
    await wait(0);
    expect(at()).toBe("field:locations.2.phone");
    screen.getByRole("button", { name: "Close location 4.2" }).focus();
    field("Date of loss").focus();
    await user.keyboard("{F8}");
    await wait(0);
    expect(at()).toBe("field:locations.2.phone");
  });
});

describe("sections", () => {
  it("say how far they are, and Alt and a digit goes there", async () => {
    const { user } = await openForm(twoLocations());
    const nav = screen.getByRole("navigation", { name: "Sections of this order" });
    const said = within(nav)
      .getAllByRole("button")
      .map(({ textContent }) => textContent.replaceAll(/\s+/g, " ").trim());
    expect(said).toEqual([
      "1 Ordered by complete",
      "2 Case optional, empty",
      "3 Subject not started",
      "4 Locations incomplete",
      "4.1 St. Brigid Medical Center complete",
      "4.2 Lakeshore Imaging incomplete",
      "5 Delivery optional, empty",
    ]);
    await user.keyboard("{Alt>}3{/Alt}");
    await tick();
    expect(document.activeElement).toBe(field("Full name"));
    expect(within(nav).getByRole("button", { current: true }).textContent).toContain("Subject");
  });
});

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
  beforeEach(() => {
    // jsdom has no modal dialogs.
    HTMLDialogElement.prototype.showModal = function (this: HTMLDialogElement) {
      this.open = true;
    };
  });

  async function ask() {
    const opened = await openForm(twoLocations());
    await opened.user.click(screen.getByRole("button", { name: "More" }));
    await opened.user.keyboard("{Enter}");
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
