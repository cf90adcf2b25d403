import { screen } from "@testing-library/svelte";
import { describe, expect, it, vi } from "vitest";

import type { Api } from "../api";
import type { ReviewView } from "../bindings/ReviewView";
import { item, RECEIVED, receivedAs } from "../../test/samples";
import { done, double, failing, heading, inTurn, openWindow, railButton } from "../../test/window";

/** Opens the window with an order on its way, which then is not on its way any more. */
async function leaves(review: ReviewView, commands: Partial<Api> = {}) {
  const api = double({
    outbox: vi.fn(inTurn(done([item("c"), item("d")]))),
    reviewDraft: vi.fn(inTurn(done(review))),
    ...commands,
  });
  const opened = await openWindow(api);
  await vi.waitFor(() => {
    expect(api.outbox).toHaveBeenCalled();
  });
  const leave = () => {
    vi.mocked(api.outbox).mockResolvedValue(done([item("d")]));
    api.tell({ is: "lists" });
  };
  return { ...opened, leave };
}
const toast = () => document.querySelector(".toast")?.textContent.replace(/\s+/g, " ").trim();

describe("an order that is received while one looks elsewhere", () => {
  it("is told by its number alone, and leads to its page", async () => {
    const { user, leave } = await leaves(RECEIVED);
    leave();
    await vi.waitFor(() => {
      expect(toast()).toBe("26-04187 was received. Pay now");
    });
    expect(document.activeElement).toBe(document.body);
    await user.click(screen.getByRole("button", { name: "Pay now" }));
    await screen.findByRole("article");
    expect(heading().textContent).toBe("26-04187");
    expect(toast()).toBeUndefined();
    await user.keyboard("{Escape}");
    expect(heading().textContent).toBe("Active");
  });

  it("is not said to be paid now where it is not to be", async () => {
    const { leave } = await leaves(receivedAs({}, { state: "on-account" }));
    leave();
    await vi.waitFor(() => {
      expect(toast()).toBe("26-04187 was received. Open");
    });
  });

  it.each<[string, ReviewView | null]>([
    ["became a draft again", { ...RECEIVED, submitted: false, received: null }],
    ["is not there any more", null],
  ])("is not told where it %s", async (_, review) => {
    const reviewDraft = vi.fn(inTurn(review ? done(review) : failing("gone", "It is gone.")));
    const { leave } = await leaves(RECEIVED, { reviewDraft });
    leave();
    await vi.waitFor(() => {
      expect(reviewDraft).toHaveBeenCalledExactlyOnceWith("c");
    });
    await Promise.resolve();
    expect(toast()).toBeUndefined();
  });

  it("is not told where its page is open", async () => {
    const { api, user, leave } = await leaves({ ...RECEIVED, received: null });
    const outbox = railButton("Outbox");
    if (!outbox) throw new Error("the rail has no Outbox");
    await user.click(outbox);
    await user.keyboard("{ArrowDown}{Enter}");
    await screen.findByRole("article");
    expect(heading().textContent).toBe("Submitted order");
    vi.mocked(api.reviewDraft).mockResolvedValue(done(RECEIVED));
    leave();
    await vi.waitFor(() => {
      expect(heading().textContent).toBe("26-04187");
    });
    expect(toast()).toBeUndefined();
  });
});
