import { screen } from "@testing-library/svelte";
import { vi } from "vitest";

import type { Api } from "../lib/api";
import type { ReviewView } from "../lib/bindings/ReviewView";
import { BOUND, RECEIVED, row } from "./samples";
import { listing } from "./listing";
import { done, double, heading, inTurn, openWindow } from "./window";

/** Opens the page of an active order, by its row. */
export async function openOrder(review: ReviewView = RECEIVED, commands: Partial<Api> = {}) {
  const api = double({
    counts: inTurn(done({ drafts: 0, outbox: 0, active: 1, completed: 0 })),
    orders: listing([row("c", { number: "26-04187", state: "awaiting-payment" })]),
    connection: vi.fn(inTurn(done({ ...BOUND, checkedAtMs: 1 }))),
    reviewDraft: vi.fn(inTurn(done(review))),
    ...commands,
  });
  const opened = await openWindow(api);
  await screen.findByRole("grid");
  await opened.user.click(heading());
  await opened.user.keyboard("{ArrowDown}{Enter}");
  await screen.findAllByRole("article");
  return {
    ...opened,
    /** Lets the shell know something else of the order, and tells the window. */
    become: (next: ReviewView) => {
      vi.mocked(api.reviewDraft).mockResolvedValue(done(next));
      api.tell({ is: "order", order: "c" });
    },
  };
}

export const payment = () => screen.getByRole("region", { name: "Payment" });
export const pay = () => screen.getByRole("button", { name: /^(Pay in browser|Open the page again)/ });
export const check = () => screen.getByRole("button", { name: "Check now" });
/** What the page says to who listens. */
export const spoken = () => document.querySelector(".view > [role='status']")?.textContent ?? null;
