import { screen } from "@testing-library/svelte";
import { describe, expect, it } from "vitest";

import { RECEIVED, row } from "../../test/samples";
import { listing } from "../../test/listing";
import { done, double, heading, inTurn, openWindow } from "../../test/window";

describe("the active orders", () => {
  it("say how far each is and how many need somebody, are found by it, and open the page of one", async () => {
    const orders = listing([
      row("a", { number: "26-00001", state: "in-progress", due: "2026-12-01" }),
      row("c", { number: "26-04187", state: "awaiting-payment", due: "2026-12-02" }),
      row("d", { number: "26-00003", state: "payment-held", due: "2026-12-03" }),
    ]);
    const { user } = await openWindow(double({ orders, reviewDraft: inTurn(done(RECEIVED)) }));
    await screen.findByRole("grid");
    const chips = () =>
      [...document.querySelectorAll(".col-state .state")].map((chip) => chip.textContent.trim());
    expect(chips()).toEqual(["In progress", "Awaiting payment", "Payment held"]);
    expect(screen.getByText("3 orders, 2 need you")).toBeTruthy();
    await user.keyboard("/await");
    expect(chips()).toEqual(["Awaiting payment"]);
    expect(screen.getByText("1 of 3 orders")).toBeTruthy();
    await user.keyboard("{Enter}{Enter}");
    await screen.findByRole("article");
    expect(heading().textContent).toBe("26-04187");
  });
});
