import { render, screen, within } from "@testing-library/svelte";
import { tick } from "svelte";
import { afterEach, describe, expect, it, vi } from "vitest";

import App from "./App.svelte";
import { WAIT_SHOWN_AFTER_MS } from "./lib/views/waiting";
import { BOUND } from "./test/samples";
import { answering, AZURE, done, failed, heading, openWindow, PRACTICE, railButton } from "./test/window";

describe("the rail", () => {
  it("goes to each list, with focus on the heading and the title of the window", async () => {
    const { user } = await openWindow();
    for (const [list, empty] of [
      ["Drafts", "No drafts"],
      ["Outbox", "Nothing is waiting to be sent"],
      ["Active", "No active orders"],
      ["Completed", "Nothing completed yet"],
    ] as const) {
      await user.click(screen.getByRole("button", { name: `${list} 0` }));
      expect(heading().textContent).toBe(list);
      expect(document.activeElement).toBe(heading());
      expect(document.title).toBe(`${list} · Satchel`);
      expect(screen.getByRole("heading", { level: 2 }).textContent).toBe(empty);
      expect(railButton(list)?.getAttribute("aria-current")).toBe("page");
      expect(document.querySelectorAll("[aria-current]")).toHaveLength(1);
    }
  });

  it("names the firm, or that there is none", async () => {
    const { unmount } = await openWindow();
    expect(screen.getByRole("navigation").textContent).toContain("Hartwell & Ames LLP");
    unmount();
    await openWindow(answering(done(AZURE)));
    expect(screen.getByRole("navigation").textContent).toContain("No firm connected");
  });

  it("names the firm that a verified provider says it is, as soon as it is known", async () => {
    const { api } = await openWindow(answering(done(AZURE)));
    api.tell({
      is: "connection",
      connection: { ...BOUND, firm: "Ames & Whitfield LLP", checkedAtMs: Date.now() },
    });
    expect(await screen.findByText("Ames & Whitfield LLP")).toBeTruthy();
    expect(screen.getByRole("contentinfo").textContent).toMatch(
      /Keys from Example Legal Support checked \d+:\d\d [AP]M/,
    );
  });

  it("does not say that a firm is missing in practice", async () => {
    await openWindow(answering(done({ ...PRACTICE, firm: null })));
    const rail = screen.getByRole("navigation").textContent;
    expect(rail).toContain("Practice");
    expect(rail).not.toContain("No firm connected");
  });

  it("says its keys", async () => {
    await openWindow();
    const button = screen.getByRole("button", { name: "New order" });
    expect(button.getAttribute("aria-keyshortcuts")).toBe("Control+N");
    expect(button.title).toBe("New order (Ctrl+N)");
    expect(within(button).getByText("Ctrl+N").getAttribute("aria-hidden")).toBe("true");
  });
});

describe("the keyboard", () => {
  it("opens New order and Settings, and goes back step by step", async () => {
    const { user } = await openWindow();
    await user.keyboard("{Control>}n{/Control}");
    expect(heading().textContent).toBe("New order");
    await user.keyboard("{Control>},{/Control}");
    expect(heading().textContent).toBe("Settings");
    await user.keyboard("{Escape}");
    expect(heading().textContent).toBe("New order");
    expect(document.activeElement).toBe(heading());
    await user.keyboard("{Escape}{Escape}");
    expect(heading().textContent).toBe("Active");
  });

  it("is Cmd on macOS", async () => {
    vi.spyOn(navigator, "platform", "get").mockReturnValue("MacIntel");
    const { user } = await openWindow();
    expect(screen.getByRole("button", { name: "New order" }).title).toBe("New order (Cmd+N)");
    await user.keyboard("{Meta>}n{/Meta}");
    expect(heading().textContent).toBe("New order");
  });

  it("cycles through the panes in both directions", async () => {
    const { user } = await openWindow();
    const stops = [railButton("Active"), heading(), screen.getByRole("contentinfo")];
    for (const stop of [...stops, stops[0]]) {
      await user.keyboard("{F6}");
      expect(document.activeElement).toBe(stop);
    }
    for (const stop of [stops[2], stops[1], stops[0]]) {
      await user.keyboard("{Shift>}{F6}{/Shift}");
      expect(document.activeElement).toBe(stop);
    }
  });

  it("reaches the work by the skip link, first of all, and leaves the address alone", async () => {
    const { user } = await openWindow();
    expect(document.activeElement).toBe(document.body);
    await user.tab();
    expect(document.activeElement?.textContent).toBe("Skip to the work");
    await user.keyboard("{Enter}");
    expect(document.activeElement).toBe(screen.getByRole("main"));
    expect(location.hash).toBe("");
  });

  it("leaves a key alone that something else has used", async () => {
    const { user } = await openWindow();
    const use = (event: KeyboardEvent) => {
      event.preventDefault();
    };
    document.body.addEventListener("keydown", use);
    await user.keyboard("{Control>}n{/Control}");
    document.body.removeEventListener("keydown", use);
    expect(heading().textContent).toBe("Active");
  });
});

describe("the start", () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it("shows nothing for a moment, then rules, and no view", async () => {
    vi.useFakeTimers();
    render(App, { api: answering() });
    await vi.advanceTimersByTimeAsync(WAIT_SHOWN_AFTER_MS - 1);
    expect(screen.getByRole("main").querySelectorAll("li")).toHaveLength(0);
    await vi.advanceTimersByTimeAsync(1);
    expect(screen.getByRole("main").querySelectorAll("li")).toHaveLength(12);
    expect(within(screen.getByRole("main")).getByRole("status").textContent).toBe("Satchel is starting");
    expect(screen.queryByText("No active orders")).toBeNull();
  });

  it("says what happened and what is safe, and can try again", async () => {
    const { user, api } = await openWindow(answering(failed, done(PRACTICE)));
    const alert = screen.getByRole("alert");
    expect(alert.textContent).toContain("Satchel did not start completely.");
    expect(alert.textContent).toContain("Satchel could not read its own version.");
    expect(alert.textContent).toContain("Nothing is lost");
    expect(screen.getByRole("contentinfo").textContent).not.toContain("Practice");
    expect(railButton("Drafts")?.textContent.trim()).toBe("Drafts");
    await user.click(within(alert).getByRole("button", { name: "Retry" }));
    expect(api.appInfo).toHaveBeenCalledTimes(2);
    expect(await screen.findByText("No active orders")).toBeTruthy();
    expect(document.activeElement).toBe(heading());
  });

  it.each([
    ["the first view", answering(done(PRACTICE))],
    ["the failure", answering(failed, done(PRACTICE))],
  ])("reports the paint of %s once", async (_, api) => {
    const { user } = await openWindow(api);
    await vi.waitFor(() => {
      expect(api.painted).toHaveBeenCalledTimes(1);
    });
    const retry = screen.queryByRole("button", { name: "Retry" });
    if (retry) await user.click(retry);
    await new Promise((painted) => requestAnimationFrame(() => requestAnimationFrame(painted)));
    expect(api.painted).toHaveBeenCalledTimes(1);
  });
});

describe("the status line", () => {
  it("is a polite region that is left untouched while its words stay the same", async () => {
    const { user } = await openWindow();
    const words = screen.getByText("Nothing to save yet").parentElement;
    if (!words) throw new Error("the words have no region");
    expect(words.getAttribute("aria-live")).toBe("polite");
    const changes: MutationRecord[] = [];
    const watch = new MutationObserver((seen) => changes.push(...seen));
    watch.observe(words, { childList: true, characterData: true, attributes: true, subtree: true });
    await user.keyboard("{Control>}n{/Control}{F6}{Escape}");
    await tick();
    expect(changes.concat(watch.takeRecords())).toEqual([]);
  });

  it("speaks when a word changes", async () => {
    const { user } = await openWindow(answering(failed, done(PRACTICE)));
    const region = document.querySelector("[aria-live]");
    expect(region?.textContent.trim()).toBe("Satchel did not start completely");
    await user.click(screen.getByRole("button", { name: "Retry" }));
    await screen.findByText("No active orders");
    expect(document.querySelector("[aria-live]")).toBe(region);
    expect(region?.textContent).toContain("Practice: a sample firm, nothing leaves this computer");
  });

  it("shows the version", async () => {
    await openWindow();
    expect(screen.getByRole("contentinfo").textContent).toContain("Version 0.4.2");
  });
});
