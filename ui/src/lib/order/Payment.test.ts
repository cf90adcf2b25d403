import { screen, within } from "@testing-library/svelte";
import { describe, expect, it, vi } from "vitest";

import type { PaymentStateView } from "../bindings/PaymentStateView";
import type { UiErrorCode } from "../bindings/UiErrorCode";
import { check, openOrder, pay, payment, spoken } from "../../test/order";
import { receivedAs } from "../../test/samples";
import { done, failing, inTurn } from "../../test/window";

const AT = (hour: number, minute: number) => new Date(2026, 10, 23, hour, minute).getTime();
const DUE = receivedAs({});
const AWAITING = receivedAs({}, { state: "awaiting", openedAtMs: AT(10, 51), sinceMs: AT(10, 51) });
const PROCESSING = receivedAs({ state: "payment-processing" }, { state: "processing", sinceMs: AT(10, 53) });
const PAID = receivedAs({ state: "paid" }, { state: "paid", sinceMs: AT(10, 54) });
const filled = () => screen.getByRole("main").querySelectorAll(".btn-main");

describe("a payment that is due", () => {
  it("says how much, and what the one filled button does", async () => {
    await openOrder(DUE);
    expect(within(payment()).getByText("Amount due")).toBeTruthy();
    expect(payment().querySelector(".money-due")?.textContent).toBe("$166.50");
    expect([...filled()]).toEqual([pay()]);
    expect(pay().getAttribute("aria-keyshortcuts")).toBe("Control+Enter");
    const hint = document.getElementById(pay().getAttribute("aria-describedby") ?? "");
    expect(hint?.textContent).toContain("Card numbers never pass through Satchel.");
  });

  it.each(["a click", "its keys"])(
    "opens the page by %s, once, and shows nothing before the shell says it",
    async (by) => {
      let answer = (): void => undefined;
      const payOrder = vi.fn(
        () =>
          new Promise<ReturnType<typeof done<null>>>((resolve) => {
            answer = () => {
              resolve(done(null));
            };
          }),
      );
      const { user, become } = await openOrder(DUE, { payOrder });
      const press = () =>
        by === "a click" ? user.click(pay()) : user.keyboard("{Control>}{Enter}{/Control}");
      await press();
      await press();
      expect(payOrder).toHaveBeenCalledExactlyOnceWith("c");
      expect(pay().getAttribute("aria-disabled")).toBe("true");
      answer();
      await vi.waitFor(() => {
        expect(pay().getAttribute("aria-disabled")).toBe("false");
      });
      expect(pay().textContent).toContain("Pay in browser");
      become(AWAITING);
      await vi.waitFor(() => {
        expect(pay().textContent).toContain("Open the page again");
      });
    },
  );

  it.each<[UiErrorCode, string, string]>([
    ["offline", "Example Legal Support does not answer now.", "is-caution"],
    ["provider_refused", "The page is none of Stripe’s, so it was not opened.", "is-wrong"],
  ])("that cannot be paid now (%s) says why, and stays", async (code, message, tone) => {
    const payOrder = vi.fn(inTurn(failing(code, message), done(null)));
    const { user } = await openOrder(DUE, { payOrder });
    await user.click(pay());
    const alert = await screen.findByRole("alert");
    expect(alert.textContent.replace(/\s+/g, " ").trim()).toBe(
      `The payment page was not opened. ${message} Trying again cannot charge twice.`,
    );
    expect(alert.classList.contains(tone)).toBe(true);
    expect(document.activeElement).toBe(pay());
    await user.click(pay());
    await vi.waitFor(() => {
      expect(screen.queryByRole("alert")).toBeNull();
    });
  });
});

describe("a payment that is waited for", () => {
  it.each([
    [
      "at Stripe",
      AWAITING,
      ["Done: ", "Now: Waiting for the test page to tell Example Legal Support", "Next: "],
    ],
    ["at the bank", PROCESSING, ["Done: ", "Now: Paid, and waiting for the bank to confirm it", "Next: "]],
  ])("%s says its steps, and that one can go on", async (_, review, starts) => {
    const { api, user } = await openOrder(review);
    const steps = within(payment()).getAllByRole("listitem");
    expect(steps.map((step) => step.getAttribute("aria-current"))).toEqual([null, "step", null]);
    for (const [place, start] of starts.entries()) {
      expect(steps[place]?.textContent.trim().startsWith(start)).toBe(true);
    }
    expect(filled()).toHaveLength(0);
    const says = document.getElementById(pay().getAttribute("aria-describedby") ?? "")?.textContent;
    expect(says).toContain("You can go on working; this page will change by itself.");
    expect(says).toContain("Opening the page again cannot charge twice.");
    await user.keyboard("{Control>}{Enter}{/Control}");
    expect(api.payOrder).toHaveBeenCalledExactlyOnceWith("c");
  });

  it("keeps the focus on its button while it moves on, and leaves it beside once it is paid", async () => {
    const { user, become } = await openOrder(DUE);
    await user.click(pay());
    const button = pay();
    become(AWAITING);
    await vi.waitFor(() => {
      expect(pay().textContent).toContain("again");
    });
    expect(document.activeElement).toBe(button);
    become(PAID);
    await screen.findByRole("article", { name: "Receipt" });
    expect(document.activeElement).toBe(check());
  });
});

describe("a payment that is not to be made here", () => {
  it.each<PaymentStateView>([
    "nothing",
    "held",
    "on-account",
    "partly-refunded",
    "refunded",
    "disputed",
    "paid",
  ])("(%s) has no button, and its keys do nothing", async (state) => {
    const { api, user } = await openOrder(receivedAs({}, { state }));
    expect(screen.queryByRole("button", { name: /^(Pay|Open the page)/ })).toBeNull();
    await user.keyboard("{Control>}{Enter}{/Control}");
    expect(api.payOrder).not.toHaveBeenCalled();
    expect(check()).toBeTruthy();
  });

  it.each<PaymentStateView>(["expired", "balance-due"])("unlike one that is (%s)", async (state) => {
    await openOrder(receivedAs({}, { state }));
    expect([...filled()]).toEqual([pay()]);
    expect(payment().querySelector(".notice.is-caution")).toBeTruthy();
  });
});

describe("the receipt", () => {
  it("says what was paid, for what, by whom and when", async () => {
    await openOrder(PAID);
    const receipt = screen.getByRole("article", { name: "Receipt" });
    expect(receipt.querySelector(".at-end")?.textContent).toBe(
      "Order 26-04187Paid Mon Nov 23, 2026, 10:54 AMthrough a test page: no money moved",
    );
    const facts = within(receipt)
      .getAllByRole("term")
      .map((term) => [term.textContent, term.nextElementSibling?.textContent]);
    expect(facts).toEqual([
      ["Order", "26-04187, Records retrieval"],
      ["Case", "Delgado v. Northline Freight, Inc."],
      ["Client-matter", "10452-003"],
      ["Billed to", "Hartwell & Ames LLP"],
    ]);
    const rows = within(within(receipt).getByRole("table", { name: "Charges" }))
      .getAllByRole("row")
      .map((row) => [...row.children].map((cell) => cell.textContent));
    expect(rows).toEqual([
      ["Item", "Quantity", "Each", "Amount"],
      ["Records request", "3", "48.00", "144.00"],
      ["Notice to consumer, mailed", "1", "22.50", "22.50"],
      ["Paid, USD", "166.50"],
    ]);
    expect(screen.queryByRole("heading", { name: "What it covers" })).toBeNull();
  });

  it("says no time that it was not told", async () => {
    await openOrder(receivedAs({ state: "paid" }, { state: "paid" }));
    expect(screen.getByRole("article", { name: "Receipt" }).querySelector(".at-end")?.textContent).toBe(
      "Order 26-04187Paidthrough a test page: no money moved",
    );
  });
});

describe("Check now", () => {
  it("asks, reads the page again, and says when there is nothing new", async () => {
    const { api, user } = await openOrder(DUE);
    await user.click(check());
    await vi.waitFor(() => {
      expect(spoken()).toBe("Nothing new from Example Legal Support.");
    });
    // Once when the page opened.
    expect(api.checkOrder).toHaveBeenCalledTimes(2);
    expect(api.reviewDraft).toHaveBeenCalledTimes(2);
  });

  it("says what is new, once", async () => {
    const { api, user } = await openOrder(DUE);
    vi.mocked(api.reviewDraft).mockResolvedValue(done(PAID));
    await user.click(check());
    await vi.waitFor(() => {
      expect(spoken()).toBe("Paid $166.50.");
    });
  });

  it("says why nothing was heard, and keeps what stands there", async () => {
    const checkOrder = vi.fn(inTurn(done(null), failing("offline", "There is no connection.")));
    const { user } = await openOrder(AWAITING, { checkOrder });
    await user.click(check());
    const alert = await screen.findByRole("alert");
    expect(alert.textContent).toContain("Nothing new was heard. There is no connection.");
    expect(within(payment()).getAllByRole("listitem")).toHaveLength(3);
    expect(document.activeElement).toBe(check());
  });
});

describe("the look when the page opens", () => {
  it("takes no answer for no failure, and says so quietly until the provider is heard", async () => {
    const checkOrder = vi.fn(inTurn(failing("offline", "There is no connection.")));
    const { become } = await openOrder(DUE, { checkOrder });
    expect(checkOrder).toHaveBeenCalledExactlyOnceWith("c");
    const heard = () => document.getElementById("heard")?.textContent;
    await vi.waitFor(() => {
      expect(heard()).toBe(
        "Offline: this page will change by itself once Example Legal Support answers. Nothing heard from Example Legal Support since the order was received.",
      );
    });
    expect(screen.queryByRole("alert")).toBeNull();
    become(receivedAs({ heardAtMs: AT(10, 53) }));
    await vi.waitFor(() => {
      expect(heard()).toMatch(/^Last heard from Example Legal Support /);
    });
  });

  it("does not pass over what does not hold", async () => {
    const checkOrder = vi.fn(inTurn(failing("provider_refused", "Its answer is not to be followed.")));
    await openOrder(DUE, { checkOrder });
    expect((await screen.findByRole("alert")).textContent).toContain("Its answer is not to be followed.");
  });
});
