import { describe, expect, it } from "vitest";

import type { ConnectionView } from "../bindings/ConnectionView";
import type { OrderStateView } from "../bindings/OrderStateView";
import type { PaymentStateView } from "../bindings/PaymentStateView";
import type { PaymentView } from "../bindings/PaymentView";
import { BOUND, RECEIPT } from "../../test/samples";
import { changeTold, heardShown, pageHint, paymentTold, paymentWords, stepsOf } from "./words";

const at = (hour: number, minute: number, day = 23) => new Date(2026, 10, day, hour, minute).getTime();
const NOW = new Date(at(10, 56));
const payment = (state: PaymentStateView, more: Partial<PaymentView> = {}): PaymentView => ({
  ...RECEIPT.payment,
  state,
  ...more,
});

describe("paymentWords", () => {
  it.each<[PaymentStateView, string, "pay" | "again" | null, boolean, RegExp]>([
    ["nothing", "Nothing to pay", null, false, /costs nothing/],
    ["due", "Amount due", "pay", false, /^$/],
    ["awaiting", "Amount due", "again", false, /^$/],
    ["processing", "Being confirmed", "again", false, /^$/],
    ["paid", "Paid", null, false, /^$/],
    ["expired", "Amount due", "pay", true, /closed without a payment, or the bank refused it/],
    ["held", "Price", null, true, /does not fit the price\. Example looks at it\. Do not pay again/],
    ["on-account", "On your firm’s account", null, false, /^Example bills your firm/],
    ["balance-due", "Price", "pay", true, /costs more than was paid/],
    ["partly-refunded", "Price", null, false, /^A part of it was paid back/],
    ["refunded", "Paid back", null, false, /paid all of it back/],
    ["disputed", "Price", null, true, /disputes the payment/],
  ])("of %s", (state, label, pays, isNotice, says) => {
    const words = paymentWords(state, "Example");
    expect(words).toMatchObject({ label, pays, isNotice });
    expect(words.says).toMatch(says);
  });
});

describe("paymentTold", () => {
  it.each<[PaymentStateView, string]>([
    ["nothing", "Nothing to pay"],
    ["due", "Payment asked for"],
    ["awaiting", "Waiting for payment"],
    ["processing", "Payment processing"],
    ["paid", "Paid $1,240.00"],
    ["expired", "Payment page closed"],
    ["held", "Payment held"],
    ["on-account", "On your firm’s account"],
    ["balance-due", "Balance due"],
    ["partly-refunded", "Partly paid back"],
    ["refunded", "Paid back $1,240.00"],
    ["disputed", "Payment disputed"],
  ])("of %s", (state, says) => {
    expect(paymentTold(state, 124_000).says).toBe(says);
  });
});

describe("pageHint", () => {
  const says = (pageEndsAtMs: number | null, mode: "practice" | "azure" = "azure") =>
    pageHint(payment("due", { pageEndsAtMs }), mode, NOW);

  it("says until when the page is good, and what comes then", () => {
    expect(says(null)).toBe("Opens Stripe’s page in your browser. Card numbers never pass through Satchel.");
    expect(says(at(10, 49, 24))).toMatch(
      /good until Tue Nov 24, 10:49 AM; a new one is made if it runs out\.$/,
    );
    expect(says(at(11, 0))).toMatch(/good until 11:00 AM;/);
    expect(says(at(10, 56))).toMatch(/The page from before has run out; a new one is made\.$/);
  });

  it("does not speak of Stripe’s own page in practice", () => {
    expect(says(null, "practice")).toMatch(/^Opens a test page .*; no money moves\./);
  });
});

describe("stepsOf", () => {
  const steps = (state: PaymentStateView, more: Partial<PaymentView> = {}) =>
    stepsOf(payment(state, more), { provider: "Example", mode: "azure" }, NOW).map(({ is, says, when }) => [
      is,
      says,
      when,
    ]);

  it("waits for Stripe while the page is open", () => {
    expect(steps("awaiting", { openedAtMs: at(10, 51), sinceMs: at(10, 53) })).toEqual([
      ["done", "Stripe’s page opened in your browser", "10:51 AM"],
      ["now", "Waiting for Stripe to tell Example", "since 10:53 AM"],
      ["next", "Paid, and work begins", ""],
    ]);
  });

  it("waits for the bank once the payment was made, also one that was made elsewhere", () => {
    expect(steps("processing", { sinceMs: at(16, 0, 20) })).toEqual([
      ["done", "Stripe’s page opened elsewhere", ""],
      ["now", "Paid, and waiting for the bank to confirm it", "since Fri Nov 20, 4:00 PM"],
      ["next", "Confirmed, and work begins", ""],
    ]);
  });

  it("does not call the page of practice Stripe’s", () => {
    const practice = { provider: "Example", mode: "practice" } as const;
    const told = stepsOf(payment("awaiting", { openedAtMs: at(10, 51) }), practice, NOW).map(
      ({ says }) => says,
    );
    expect(told.join(" ")).not.toContain("Stripe");
  });

  it("has none where nothing is waited for", () => {
    expect(steps("due", { openedAtMs: at(10, 51) })).toEqual([]);
    expect(steps("paid")).toEqual([]);
  });
});

describe("heardShown", () => {
  const says = (connection: ConnectionView | null, heardAtMs: number | null = at(10, 53), isSilent = false) =>
    heardShown({ heardAtMs, provider: "Example" }, { connection, isSilent }, NOW);

  it.each<[string, ConnectionView | null, string]>([
    ["connected", BOUND, "Last heard from Example 10:53 AM."],
    ["not known", null, "Last heard from Example 10:53 AM."],
    ["connecting", { is: "connecting" }, "Connecting. Last heard from Example 10:53 AM."],
    [
      "without a provider",
      { is: "no-provider" },
      "This computer is not connected with a provider now. Last heard from Example 10:53 AM.",
    ],
    ["not trusted", { is: "refused", message: "It lies." }, "It lies. Last heard from Example 10:53 AM."],
  ])("%s", (_, connection, words) => {
    expect(says(connection)).toBe(words);
  });

  it("says that nothing was heard yet, or not now, or when", () => {
    expect(says(BOUND, null)).toBe("Nothing heard from Example since the order was received.");
    expect(says(BOUND, at(10, 53), true)).toBe(
      "Offline: this page will change by itself once Example answers. Last heard from Example 10:53 AM.",
    );
    expect(says(BOUND, at(9, 0, 22))).toBe("Last heard from Example Sun Nov 22, 9:00 AM.");
  });
});

describe("changeTold", () => {
  const told = (state: OrderStateView, paid: PaymentStateView) => ({
    ...RECEIPT,
    state,
    payment: payment(paid),
  });
  const before = told("awaiting-payment", "due");

  it.each<[string, OrderStateView, PaymentStateView, string | null]>([
    ["nothing", "awaiting-payment", "due", null],
    ["a payment that the status only repeats", "paid", "paid", "Paid $166.50."],
    ["a status alone", "in-progress", "due", "In progress."],
    ["both", "in-progress", "paid", "Paid $166.50. In progress."],
    ["a payment alone", "awaiting-payment", "expired", "Payment page closed."],
  ])("%s", (_, state, paid, says) => {
    expect(changeTold(before, told(state, paid))).toBe(says);
  });
});
