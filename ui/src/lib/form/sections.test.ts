import { screen, within } from "@testing-library/svelte";
import { tick } from "svelte";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { field, openForm } from "../../test/form";
import { ORDER, Vault } from "../../test/vault";

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

describe("a row that closes with the focus in it", () => {
  it("is left, and shows what is kept when it opens again", async () => {
    const { user } = await openForm(twoLocations());
    await user.click(screen.getByRole("button", { name: "Open location 4.1" }));
    const custodian = () => screen.getByRole<HTMLInputElement>("textbox", { name: /^Custodian/ });
    await user.type(custodian(), "  ");
    await user.keyboard("{Control>}{Shift>}a{/Shift}{/Control}");
    await wait(0);
    await user.click(screen.getByRole("button", { name: "Open location 4.1" }));
    await wait(0);
    expect(custodian().value).toBe("St. Brigid Medical Center");
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

  it("folds complete rows to what they are called", async () => {
    const vault = twoLocations();
    const [, second] = vault.rows;
    vault.set(`locations.${second}.phone`, "(562) 555-0188");
    await openForm(vault);
    expect(section(/Locations/).querySelector("p")?.textContent).toBe(
      "St. Brigid Medical Center · Lakeshore Imaging",
    );
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
