import type { ConnectionView } from "../bindings/ConnectionView";
import type { Mode } from "../bindings/Mode";
import type { PaymentStateView } from "../bindings/PaymentStateView";
import type { PaymentView } from "../bindings/PaymentView";
import type { ReceivedView } from "../bindings/ReceivedView";
import { dollarsShown } from "../lists/amounts";
import { atShown } from "../lists/dates";
import { STATE_CHIPS, type Chip } from "../shell/chips";

/** How the payment of an order is told. */
export type PaymentWords = {
  /** What stands over the amount. */
  label: string;
  says: string;
  /** Whether what it says stands out: it is not as it should be. */
  isNotice: boolean;
  /** What the button does: lets pay, or shows the page that is open already; none where nothing is to be paid. */
  pays: "pay" | "again" | null;
};

const plain = (label: string, says: string): PaymentWords => ({ label, says, isNotice: false, pays: null });
const notice = (label: string, says: string, pays: "pay" | null = null): PaymentWords => ({
  label,
  says,
  isNotice: true,
  pays,
});

/** Says how far a payment is. `provider` is the provider's name. */
export function paymentWords(state: PaymentStateView, provider: string): PaymentWords {
  switch (state) {
    case "nothing":
      return plain("Nothing to pay", "This order costs nothing.");
    case "due":
      return { ...plain("Amount due", ""), pays: "pay" };
    case "awaiting":
      return { ...plain("Amount due", ""), pays: "again" };
    case "processing":
      return { ...plain("Being confirmed", ""), pays: "again" };
    case "paid":
      return plain("Paid", "");
    case "expired":
      return notice(
        "Amount due",
        "The payment page closed without a payment, or the bank refused it. The order is safe; pay again when you are ready.",
        "pay",
      );
    case "held":
      return notice(
        "Price",
        `A payment came that does not fit the price. ${provider} looks at it. Do not pay again; ask them if this stays.`,
      );
    case "on-account":
      return plain("On your firm’s account", `${provider} bills your firm. Nothing is to be paid here.`);
    case "balance-due":
      return notice(
        "Price",
        "An amendment costs more than was paid. The payment page says how much is left.",
        "pay",
      );
    case "partly-refunded":
      return plain("Price", "A part of it was paid back. The statement of the card or bank says how much.");
    case "refunded":
      return plain("Paid back", `${provider} paid all of it back.`);
    case "disputed":
      return notice(
        "Price",
        `The payer disputes the payment with the bank. ${provider} looks at it. Ask them if your firm did not mean to.`,
      );
  }
}

/** The drawing, the tone and the words of a payment in the timeline, where it names the amount. */
export function paymentTold(state: PaymentStateView, amountCents: number): Chip {
  const amount = dollarsShown(amountCents);
  switch (state) {
    case "nothing":
      return { glyph: "receipt", tone: "plain", says: "Nothing to pay" };
    case "due":
      return { glyph: "card", tone: "asks", says: "Payment asked for" };
    case "awaiting":
      return { glyph: "card", tone: "asks", says: "Waiting for payment" };
    case "processing":
      return { glyph: "hourglass", tone: "moves", says: "Payment processing" };
    case "paid":
      return { glyph: "receipt", tone: "ends", says: `Paid ${amount}` };
    case "expired":
      return { glyph: "card", tone: "asks", says: "Payment page closed" };
    case "held":
      return { glyph: "card-held", tone: "asks", says: "Payment held" };
    case "on-account":
      return { glyph: "receipt", tone: "ends", says: "On your firm’s account" };
    case "balance-due":
      return { glyph: "card", tone: "asks", says: "Balance due" };
    case "partly-refunded":
      return { glyph: "return", tone: "plain", says: "Partly paid back" };
    case "refunded":
      return { glyph: "return", tone: "plain", says: `Paid back ${amount}` };
    case "disputed":
      return { glyph: "card-held", tone: "asks", says: "Payment disputed" };
  }
}

/** Where payments are made: in practice no page is Stripe's, and no money moves. */
export function paidThrough(mode: Mode): string {
  return mode === "practice" ? "a test page: no money moved" : "Stripe";
}

/** What stands under the button that pays. */
export function pageHint({ pageEndsAtMs }: PaymentView, mode: Mode, now: Date): string {
  const page =
    mode === "practice"
      ? "Opens a test page in your browser that stands for Stripe’s; no money moves."
      : "Opens Stripe’s page in your browser.";
  return `${page} Card numbers never pass through Satchel. ${goodUntil(pageEndsAtMs, now)}`.trim();
}

function goodUntil(pageEndsAtMs: number | null, now: Date): string {
  if (pageEndsAtMs === null) return "";
  return pageEndsAtMs > now.getTime()
    ? `The page is good until ${atShown(pageEndsAtMs, now)}; a new one is made if it runs out.`
    : "The page from before has run out; a new one is made.";
}

export const WAITING_SAYS =
  "You can go on working; this page will change by itself. Most cards are confirmed within a minute, a bank debit takes up to four business days. Opening the page again cannot charge twice.";

/** A step on the way of a payment. */
export type Step = { is: "done" | "now" | "next"; says: string; when: string };

/** The way of a payment that is waited for; none where there is nothing to wait for. */
export function stepsOf(
  { state, openedAtMs, sinceMs }: PaymentView,
  { provider, mode }: { provider: string; mode: Mode },
  now: Date,
): Step[] {
  if (state !== "awaiting" && state !== "processing") return [];
  const page = mode === "practice" ? "The test page" : "Stripe’s page";
  const teller = mode === "practice" ? "the test page" : "Stripe";
  const since = sinceMs === null ? "" : `since ${atShown(sinceMs, now)}`;
  const opened: Step =
    openedAtMs === null
      ? { is: "done", says: `${page} opened elsewhere`, when: "" }
      : { is: "done", says: `${page} opened in your browser`, when: atShown(openedAtMs, now) };
  const waits =
    state === "awaiting"
      ? `Waiting for ${teller} to tell ${provider}`
      : "Paid, and waiting for the bank to confirm it";
  return [
    opened,
    { is: "now", says: waits, when: since },
    {
      is: "next",
      says: state === "awaiting" ? "Paid, and work begins" : "Confirmed, and work begins",
      when: "",
    },
  ];
}

/** Says when the provider was last heard, and why not since. */
export function heardShown(
  { heardAtMs, provider }: Pick<ReceivedView, "heardAtMs" | "provider">,
  { connection, isSilent }: { connection: ConnectionView | null; isSilent: boolean },
  now: Date,
): string {
  const heard =
    heardAtMs === null
      ? `Nothing heard from ${provider} since the order was received.`
      : `Last heard from ${provider} ${atShown(heardAtMs, now)}.`;
  return `${whyNot(connection, isSilent, provider)} ${heard}`.trim();
}

function whyNot(connection: ConnectionView | null, isSilent: boolean, provider: string): string {
  switch (connection?.is) {
    case undefined:
      return "";
    case "no-provider":
      return "This computer is not connected with a provider now.";
    case "connecting":
      return "Connecting.";
    case "refused":
      return connection.message;
    case "bound":
      return isSilent ? `Offline: this page will change by itself once ${provider} answers.` : "";
  }
}

/** States of an order that say nothing but how its payment is. */
const OF_PAYMENT: ReadonlySet<ReceivedView["state"]> = new Set([
  "awaiting-payment",
  "payment-processing",
  "payment-held",
  "paid",
  "refunded",
]);

/** Says what is new of payment and status, once; nothing where nothing is. */
export function changeTold(before: ReceivedView, after: ReceivedView): string | null {
  const isPaymentNew = before.payment.state !== after.payment.state;
  const isStateNew = before.state !== after.state;
  const payment = isPaymentNew ? [paymentTold(after.payment.state, after.payment.amountCents).says] : [];
  const state =
    isStateNew && !(isPaymentNew && OF_PAYMENT.has(after.state)) ? [STATE_CHIPS[after.state].says] : [];
  const said = [...payment, ...state];
  return said.length === 0 ? null : `${said.join(". ")}.`;
}
