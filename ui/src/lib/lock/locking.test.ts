import { render, screen } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import App from "../../App.svelte";
import { LOCKED } from "../../test/keys";
import { DRAFTS } from "../../test/samples";
import { Vault } from "../../test/vault";
import { listing } from "../../test/listing";
import { done, double, failing, heading, inTurn, openWindow, railButton } from "../../test/window";
import { reload } from "../shell/page";
import { TOUCHES_EVERY_MS, Touches } from "./touches";

vi.mock("../shell/page", () => ({ reload: vi.fn() }));

beforeEach(() => {
  vi.mocked(reload).mockClear();
});

describe("Ctrl+L", () => {
  it("locks, and so do the rail and the settings", async () => {
    const { api, user } = await openWindow();
    await user.keyboard("{Control>}l{/Control}");
    expect(api.lockVault).toHaveBeenCalledTimes(1);
    const foot = railButton("Lock");
    if (!foot) throw new Error("the rail has no Lock");
    expect(foot.getAttribute("aria-keyshortcuts")).toBe("Control+L");
    await user.click(foot);
    expect(api.lockVault).toHaveBeenCalledTimes(2);
  });

  it("saves what was typed first", async () => {
    const vault = new Vault();
    const api = double({ ...vault.commands(), orders: listing(DRAFTS) });
    const { user } = await openWindow(api);
    await user.click(heading());
    await screen.findByRole("grid");
    await user.click(railButton("Drafts") ?? document.body);
    await screen.findByRole("grid");
    await user.keyboard("{ArrowDown}{Enter}");
    await user.type(await screen.findByLabelText(/^Full name/), "Maria");
    await user.keyboard("{Control>}l{/Control}");
    await vi.waitFor(() => {
      expect(api.lockVault).toHaveBeenCalledTimes(1);
    });
    expect(vault.saves.at(-1)).toEqual({ path: "subject.name", entry: { is: "text", text: "Maria" } });
    expect(vi.mocked(api.saveAnswer).mock.invocationCallOrder.at(-1)).toBeLessThan(
      vi.mocked(api.lockVault).mock.invocationCallOrder[0] ?? 0,
    );
  });

  it("asks where something cannot be saved, and stays or locks as the user says", async () => {
    const vault = new Vault();
    const full = { code: "not_saved", message: "The disk is full." } as const;
    vault.failNext(...Array.from({ length: 9 }, () => full));
    const api = double({ ...vault.commands(), orders: listing(DRAFTS) });
    const { user } = await openWindow(api);
    await user.click(railButton("Drafts") ?? document.body);
    await screen.findByRole("grid");
    await user.keyboard("{ArrowDown}{Enter}");
    await user.type(await screen.findByLabelText(/^Full name/), "M");
    await user.keyboard("{Control>}l{/Control}");
    await screen.findByRole("alertdialog", { name: "Lock without saving the last change?" });
    expect(api.lockVault).not.toHaveBeenCalled();
    await user.click(screen.getByRole("button", { name: "Stay" }));
    expect(api.answerClose).not.toHaveBeenCalled();
    await user.keyboard("{Control>}l{/Control}");
    await user.click(await screen.findByRole("button", { name: "Lock without saving it" }));
    expect(api.lockVault).toHaveBeenCalledTimes(1);
  });

  it("that fails is told", async () => {
    const lockVault = vi.fn(inTurn(failing("internal", "Satchel ran into a fault of its own.")));
    const { user } = await openWindow(double({ lockVault }));
    await user.keyboard("{Control>}l{/Control}");
    expect(await screen.findByText(/^Not locked\. Satchel ran into/)).toBeTruthy();
  });
});

describe("a lock, whatever its cause", () => {
  it("leaves nothing in the document and loads it anew", async () => {
    const { api } = await openWindow(
      double({
        orders: listing(DRAFTS),
        counts: inTurn(done({ drafts: 3, outbox: 0, active: 0, completed: 0 })),
      }),
    );
    await screen.findByText("Okafor v. Pinecrest HOA");
    api.tell({ is: "locked", atMs: LOCKED.lockedAtMs ?? 0 });
    expect(reload).toHaveBeenCalledTimes(1);
    await vi.waitFor(() => {
      expect(document.body.textContent.trim()).toBe("");
    });
    expect(document.querySelector("input, table, nav")).toBeNull();
  });

  it("that comes while the vault is being opened is the last word", async () => {
    let answer: () => void = () => undefined;
    const counted = done({ drafts: 0, outbox: 0, active: 0, completed: 0 });
    const counts = vi.fn(
      () =>
        new Promise<typeof counted>((resolve) => {
          answer = () => {
            resolve(counted);
          };
        }),
    );
    const api = double({ counts });
    render(App, { api });
    await vi.waitFor(() => {
      expect(counts).toHaveBeenCalledTimes(1);
    });
    api.tell({ is: "locked", atMs: 1 });
    answer();
    await vi.waitFor(() => {
      expect(document.querySelector("main")).toBeNull();
    });
    expect(reload).toHaveBeenCalledTimes(1);
  });
});

describe("somebody who is there", () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it("is told of at once, then at most every 15 s", () => {
    vi.useFakeTimers();
    const tell = vi.fn(() => Promise.resolve(done(null)));
    const touches = new Touches(tell);
    touches.touch();
    touches.touch();
    expect(tell).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(TOUCHES_EVERY_MS - 1);
    touches.touch();
    expect(tell).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(1);
    touches.touch();
    expect(tell).toHaveBeenCalledTimes(2);
  });

  it("is told of at once when something cannot be saved, and when it is", () => {
    const tell = vi.fn(() => Promise.resolve(done(null)));
    const touches = new Touches(tell);
    touches.holds(false);
    touches.holds(true);
    touches.holds(true);
    touches.touch();
    touches.holds(false);
    expect(tell.mock.calls).toEqual([[true], [false]]);
  });

  it.each([
    ["a key", (user: ReturnType<typeof userEvent.setup>) => user.keyboard("x")],
    ["a click", (user: ReturnType<typeof userEvent.setup>) => user.click(document.body)],
    ["the wheel", () => document.body.dispatchEvent(new WheelEvent("wheel", { bubbles: true }))],
  ])("shows by %s", async (_, act) => {
    const { api, user } = await openWindow();
    expect(api.touched).not.toHaveBeenCalled();
    await act(user);
    expect(api.touched).toHaveBeenCalledTimes(1);
  });
});
