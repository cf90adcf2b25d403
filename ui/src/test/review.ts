import { screen } from "@testing-library/svelte";
import { vi } from "vitest";

import type { Api } from "../lib/api";
import type { ReviewView } from "../lib/bindings/ReviewView";
import { DRAFTS, REVIEW } from "./samples";
import { listing } from "./listing";
import { done, double, inTurn, openWindow } from "./window";

/** Opens the review of the first draft, by its form. */
export async function openReview(review: Partial<ReviewView> = {}, commands: Partial<Api> = {}) {
  const api = double({
    counts: inTurn(done({ drafts: 3, outbox: 0, active: 0, completed: 0 })),
    orders: listing(DRAFTS),
    reviewDraft: vi.fn(inTurn(done({ ...REVIEW, ...review }))),
    ...commands,
  });
  const opened = await openWindow(api);
  await screen.findByRole("grid");
  await opened.user.click(screen.getByRole("button", { name: "Open" }));
  await opened.user.click(screen.getByRole("button", { name: "Review" }));
  return opened;
}
export const sheet = () => screen.findByRole("article");
export const side = () => screen.getByRole("complementary", { name: "Submit" });
