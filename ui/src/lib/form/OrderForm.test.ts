import { screen, within } from "@testing-library/svelte";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { openForm, field } from "../../test/form";
import { ORDER, SAVED_AT_MS, Vault } from "../../test/vault";
import { TYPING_PAUSE_MS } from "./autosave";

beforeEach(() => {
  vi.useFakeTimers({ shouldAdvanceTime: true });
});
afterEach(() => {
  vi.useRealTimers();
});

const wait = (ms: number) => vi.advanceTimersByTimeAsync(ms);
const section = (name: string) => screen.getByRole("region", { name: new RegExp(name) });

describe("typing", () => {
  it("saves after a pause, at once when the field is left, and shows what is kept then", async () => {
    const { user, vault } = await openForm();
    await user.type(field("Date of loss"), "2/3");
    expect(vault.saves).toEqual([]);
    await wait(TYPING_PAUSE_MS);
    expect(vault.saves).toEqual([{ path: "subject.loss", entry: { is: "text", text: "2/3" } }]);
    expect(field("Date of loss").value).toBe("2/3");
    await user.tab();
    expect(field("Date of loss").value).toBe("Tue Feb 3, 2026");
    await user.type(field("Full name"), "Maria ");
    await user.tab();
    await wait(0);
    expect(vault.saves.at(-1)?.path).toBe("subject.name");
    expect(field("Full name").value).toBe("Maria");
  });

  it("keeps what was typed since, when an answer comes late", async () => {
    const { user, vault } = await openForm();
    const answer = vault.holdNext();
    await user.type(field("Full name"), "Mar ");
    await wait(TYPING_PAUSE_MS);
    await user.type(field("Full name"), "ia ");
    await user.tab();
    answer();
    await wait(0);
    expect(vault.saves.map(({ entry }) => entry)).toEqual([
      { is: "text", text: "Mar " },
      { is: "text", text: "Mar ia " },
    ]);
    expect(field("Full name").value).toBe("Mar ia");
  });

  it("does not touch the text of the field that has the focus", async () => {
    const { user, vault } = await openForm();
    await user.type(field("Full name"), " Maria ");
    await wait(TYPING_PAUSE_MS * 2);
    expect(vault.answers.get("subject.name")).toEqual({ is: "text", text: "Maria" });
    expect(field("Full name").value).toBe(" Maria ");
  });

  it("says what is true: saving, saved with the time of the disk", async () => {
    const { shell, user, vault } = await openForm();
    const answer = vault.holdNext();
    await user.type(field("Full name"), "M");
    expect(shell.saving.state).toEqual({ is: "saving" });
    await wait(TYPING_PAUSE_MS);
    expect(shell.saving.state).toEqual({ is: "saving" });
    answer();
    await wait(0);
    expect(shell.saving.state).toEqual({ is: "saved", atMs: SAVED_AT_MS });
  });

  it("saves when the window is left, and when the form closes", async () => {
    const { unmount, user, vault } = await openForm();
    await user.type(field("Full name"), "M");
    window.dispatchEvent(new Event("blur"));
    await wait(0);
    expect(vault.saves).toHaveLength(1);
    await user.type(field("Full name"), "a");
    unmount();
    await wait(0);
    expect(vault.answers.get("subject.name")).toEqual({ is: "text", text: "Ma" });
  });

  it("is not disturbed by a composition, and saves it when it ends", async () => {
    const { vault } = await openForm();
    const input = field("Full name");
    input.focus();
    input.dispatchEvent(new CompositionEvent("compositionstart"));
    input.value = "ｍ";
    input.dispatchEvent(new InputEvent("input", { bubbles: true, isComposing: true }));
    await wait(2_000);
    expect(vault.saves).toEqual([]);
    expect(input.value).toBe("ｍ");
    input.value = "真理";
    input.dispatchEvent(new InputEvent("input", { bubbles: true, isComposing: true }));
    input.dispatchEvent(new CompositionEvent("compositionend", { bubbles: true }));
    await wait(TYPING_PAUSE_MS);
    expect(vault.saves.map(({ entry }) => entry)).toEqual([{ is: "text", text: "真理" }]);
  });
});

describe("a save that fails", () => {
  it("keeps the words, says so, and is tried again by itself", async () => {
    const vault = new Vault();
    vault.failNext({ code: "not_saved", message: "The disk is full." });
    const { user } = await openForm(vault);
    await user.type(field("Full name"), "Maria");
    await user.tab();
    await wait(0);
    expect(field("Full name").value).toBe("Maria");
    expect(screen.getByRole("alert").textContent).toContain("Not saved. The disk is full.");
    expect(vault.saves).toEqual([]);
    await wait(1_000);
    expect(vault.answers.get("subject.name")).toEqual({ is: "text", text: "Maria" });
    expect(screen.queryByRole("alert")).toBeNull();
  });

  it("says at the field why a text cannot be kept", async () => {
    const vault = new Vault();
    vault.failNext({ code: "too_long", message: "This is longer than 200 characters." });
    const { user } = await openForm(vault);
    await user.type(field("Full name"), "Maria");
    await user.tab();
    await wait(0);
    const input = field("Full name");
    expect(input.getAttribute("aria-invalid")).toBe("true");
    const says = document.getElementById(input.getAttribute("aria-describedby") ?? "");
    expect(says?.textContent).toContain("longer than 200");
    expect(input.value).toBe("Maria");
  });

  it("comes back with the form when that was closed meanwhile", async () => {
    const vault = new Vault();
    const full = { code: "not_saved", message: "The disk is full." } as const;
    vault.failNext(full, full, full);
    const { api, shell, unmount, user } = await openForm(vault);
    await user.type(field("Full name"), "Maria");
    await user.tab();
    await wait(0);
    unmount();
    expect(shell.saving.unsaved(ORDER)).toHaveLength(1);
    const { render } = await import("@testing-library/svelte");
    const { default: FormHost } = await import("../../test/FormHost.svelte");
    render(FormHost, { shell, order: ORDER });
    await screen.findByRole("form");
    expect(api.openDraft).toHaveBeenCalledTimes(2);
    expect(field("Full name").value).toBe("Maria");
    await wait(60_000);
    expect(vault.answers.get("subject.name")).toEqual({ is: "text", text: "Maria" });
  });
});

describe("pasted markup", () => {
  async function paste() {
    const opened = await openForm(new Vault().set("subject.injury", "Neck."));
    const area = field("Injury and treatment");
    area.focus();
    area.setSelectionRange(5, 5);
    await opened.user.paste(" Back.<script>alert(1)</script> Arm.");
    await wait(0);
    return { ...opened, area };
  }

  it("is taken out, with a notice of what and how much, as plain text on demand", async () => {
    const { area, user } = await paste();
    expect(area.value).toBe("Neck. Back. Arm.");
    const notice = screen.getByText("<script>…</script>").closest<HTMLElement>(".notice");
    if (!notice) throw new Error("no notice");
    expect(notice.textContent.replaceAll(/\s+/g, " ")).toContain("(25 characters)");
    await user.click(within(notice).getByRole("button", { name: "Show what was removed" }));
    expect(notice.querySelector("pre")?.textContent).toBe("<script>alert(1)</script>");
    expect(document.querySelector("script")).toBeNull();
  });

  it("Undo takes back the paste and never puts the markup back", async () => {
    const { area, user, vault } = await paste();
    await user.click(screen.getByRole("button", { name: "Undo" }));
    await wait(0);
    expect(area.value).toBe("Neck.");
    expect(document.activeElement).toBe(area);
    expect(vault.answers.get("subject.injury")).toEqual({ is: "text", text: "Neck." });
    expect(screen.queryByText("<script>…</script>")).toBeNull();
  });

  it("leaves the caret where it was in the words", async () => {
    const { area } = await paste();
    expect(area.selectionStart).toBe("Neck. Back. Arm.".length);
  });
});

describe("masked fields", () => {
  const MASK = "•••-••-4417";
  const open = () => openForm(new Vault().set("subject.ssn", "123-45-4417"));
  const ssn = () => screen.getByRole<HTMLInputElement>("textbox", { name: "Social security number" });

  it("show the mask, and copy nothing", async () => {
    const { user } = await open();
    expect(ssn().value).toBe(MASK);
    expect(ssn().autocomplete).toBe("off");
    ssn().focus();
    ssn().select();
    for (const kind of ["copy", "cut"]) {
      const event = new Event(kind, { bubbles: true, cancelable: true });
      ssn().dispatchEvent(event);
      expect(event.defaultPrevented).toBe(true);
    }
    await user.type(ssn(), "9");
    expect(ssn().value).toBe(MASK);
  });

  it("reveal for 20 seconds", async () => {
    const { user } = await open();
    await user.click(screen.getByRole("button", { name: "Reveal Social security number" }));
    expect(ssn().value).toBe("123-45-4417");
    expect(document.activeElement).toBe(ssn());
    await wait(19_000);
    expect(ssn().value).toBe("123-45-4417");
    await wait(1_000);
    expect(ssn().value).toBe(MASK);
    expect(document.activeElement).toBe(ssn());
  });

  it("hide when they are left, and when the window is", async () => {
    const { user } = await open();
    const reveal = () => user.click(screen.getByRole("button", { name: "Reveal Social security number" }));
    await reveal();
    await user.tab();
    expect(ssn().value).toBe(MASK);
    await reveal();
    window.dispatchEvent(new Event("blur"));
    await wait(0);
    expect(ssn().value).toBe(MASK);
  });

  it("show what is typed into an empty one until it is left", async () => {
    const { user, vault } = await openForm();
    await user.type(ssn(), "123-45-6789");
    await wait(TYPING_PAUSE_MS);
    expect(ssn().value).toBe("123-45-6789");
    const answer = vault.holdNext();
    await user.type(ssn(), "0");
    await user.tab();
    expect(ssn().value).toBe("••••••••••••");
    answer();
    await wait(0);
    expect(ssn().value).toBe("•••-••-7890");
  });

  it("are never in the document while they are masked", async () => {
    await open();
    expect(document.documentElement.outerHTML).not.toContain("123-45");
  });

  it("cover an address as a whole", async () => {
    const parts = { line1: "1180 Alder Court", city: "Torrance" };
    const { user } = await openForm(new Vault().set("subject.address", { is: "parts", parts }));
    expect(within(section("Subject")).queryByLabelText(/^City/)).toBeNull();
    await user.click(screen.getByRole("button", { name: "Reveal Home address" }));
    expect(within(section("Subject")).getByLabelText<HTMLInputElement>(/^City/).value).toBe("Torrance");
    expect(document.activeElement).toBe(within(section("Subject")).getByLabelText(/^Street address/));
  });
});
