import { screen, within } from "@testing-library/svelte";
import { describe, expect, it, vi } from "vitest";

import type { Api } from "../api";
import { SERVICES } from "../../test/samples";
import { done, double, failing, heading, inTurn, openWindow, railButton } from "../../test/window";

const open = async (commands: Partial<Api> = {}) => {
  const api = double({
    services: inTurn(done(SERVICES)),
    startDraft: vi.fn(() => Promise.resolve(done("made"))),
    ...commands,
  });
  const opened = await openWindow(api);
  await opened.user.keyboard("{Control>}n{/Control}");
  return opened;
};
const radios = () => screen.findAllByRole<HTMLInputElement>("radio");
const chosen = async () => (await radios()).find(({ checked }) => checked)?.value;

describe("the services", () => {
  it("have a number, a name and a line each; the first is chosen", async () => {
    await open();
    const group = await screen.findByRole("radiogroup", { name: "Service" });
    expect(within(group).getAllByRole("radio")).toHaveLength(3);
    expect(within(group).getByRole("radio", { name: /^Records retrieval/ })).toBeTruthy();
    expect([...group.querySelectorAll("kbd")].map((number) => number.textContent)).toEqual(["1", "2", "3"]);
    expect(await chosen()).toBe("records");
    expect(document.activeElement).toBe(heading());
  });

  it("are chosen by their number and by the arrow keys", async () => {
    const { user, api } = await open();
    await radios();
    await user.keyboard("3");
    expect(await chosen()).toBe("process");
    expect(document.activeElement).toBe((await radios())[2]);
    await user.keyboard("{ArrowUp}");
    expect(await chosen()).toBe("subpoena");
    await user.keyboard("9");
    expect(await chosen()).toBe("subpoena");
    expect(api.startDraft).not.toHaveBeenCalled();
  });

  it("are reached from the heading by an arrow key", async () => {
    const { user } = await open();
    await radios();
    await user.keyboard("{ArrowDown}");
    expect(document.activeElement).toBe((await radios())[0]);
  });

  it("leave a number with Ctrl alone", async () => {
    const { user } = await open();
    await radios();
    await user.keyboard("{Control>}2{/Control}");
    expect(await chosen()).toBe("records");
  });

  it("that cannot be read say so, and can be read again", async () => {
    const services = inTurn(failing("internal", "Satchel ran into a fault of its own."), done(SERVICES));
    const { user } = await open({ services });
    const alert = await screen.findByRole("alert");
    expect(alert.textContent).toContain("The services could not be read.");
    expect(alert.textContent).toContain("Satchel ran into a fault of its own.");
    await user.click(screen.getByRole("button", { name: "Retry" }));
    expect(await radios()).toHaveLength(3);
    expect(document.activeElement).toBe(heading());
  });

  it("may be none", async () => {
    await open({ services: inTurn(done([])) });
    expect((await screen.findByRole("heading", { level: 2 })).textContent).toBe("No services to choose from");
    expect(screen.getByRole("button", { name: "Go back" })).toBeTruthy();
  });
});

describe("starting", () => {
  it.each([
    ["from the heading", "2{Control>}n{/Control}{Enter}"],
    ["from the service", "2{Enter}"],
  ])("by Enter %s makes a draft of the chosen service and opens its form", async (_, keys) => {
    const { user, api } = await open();
    await radios();
    await user.keyboard(keys);
    await vi.waitFor(() => {
      expect(screen.queryByRole("radiogroup")).toBeNull();
    });
    expect(api.startDraft).toHaveBeenCalledExactlyOnceWith("subpoena");
    expect(railButton("Drafts")?.getAttribute("aria-current")).toBe("page");
    await user.keyboard("{Escape}");
    expect(heading().textContent).toBe("Drafts");
  });

  it("by the button counts the drafts anew", async () => {
    const counts = vi.fn(
      inTurn(
        done({ drafts: 0, outbox: 0, active: 0, completed: 0 }),
        done({ drafts: 1, outbox: 0, active: 0, completed: 0 }),
      ),
    );
    const { user } = await open({ counts });
    await radios();
    await user.click(screen.getByRole("button", { name: "Start the order" }));
    expect(await screen.findByRole("button", { name: "Drafts 1" })).toBeTruthy();
  });

  it("happens once, however often one asks", async () => {
    const startDraft = vi.fn(() => new Promise<never>(() => undefined));
    const { user } = await open({ startDraft });
    await radios();
    await user.keyboard("2{Enter}{Enter}");
    await user.click(screen.getByRole("button", { name: "Start the order" }));
    expect(startDraft).toHaveBeenCalledTimes(1);
  });

  it("that fails is told, and can be tried again", async () => {
    const message = "The disk is full, so the draft could not be kept.";
    const startDraft = vi.fn(inTurn(failing("not_saved", message), done("made")));
    const { user } = await open({ startDraft });
    await radios();
    await user.keyboard("2{Enter}");
    const alert = await screen.findByRole("alert");
    expect(alert.textContent).toContain("The order was not started.");
    expect(alert.textContent).toContain(message);
    expect(await chosen()).toBe("subpoena");
    await user.keyboard("{Enter}");
    await vi.waitFor(() => {
      expect(screen.queryByRole("radiogroup")).toBeNull();
    });
  });

  it("does not drag along who went elsewhere meanwhile", async () => {
    let answer: (value: Awaited<ReturnType<Api["startDraft"]>>) => void = () => undefined;
    const startDraft = vi.fn(
      () =>
        new Promise<Awaited<ReturnType<Api["startDraft"]>>>((resolve) => {
          answer = resolve;
        }),
    );
    const { user, api } = await open({ startDraft });
    await radios();
    await user.keyboard("2{Enter}{Control>},{/Control}");
    const counted = vi.mocked(api.counts).mock.calls.length;
    answer(done("made"));
    await vi.waitFor(() => {
      expect(vi.mocked(api.counts).mock.calls.length).toBe(counted + 1);
    });
    expect(heading().textContent).toBe("Settings");
  });

  it("is cancelled by Esc", async () => {
    const { user, api } = await open();
    await radios();
    await user.keyboard("2{Escape}");
    expect(heading().textContent).toBe("Active");
    expect(api.startDraft).not.toHaveBeenCalled();
  });
});
