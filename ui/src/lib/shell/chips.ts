import type { OrderStateView } from "../bindings/OrderStateView";

/** The drawings of states, each legible in grey. */
export type GlyphName =
  | "dashed"
  | "ring"
  | "clock"
  | "arrow"
  | "check"
  | "ring-check"
  | "bars"
  | "octagon"
  | "card"
  | "card-held"
  | "hourglass"
  | "receipt"
  | "half"
  | "speech"
  | "speech-mark"
  | "solid-check"
  | "struck"
  | "return"
  | "plane"
  | "page";

/**
 * A state as a glyph and words. `asks` and `fails` have a filled ground, since somebody has to do something; `moves`, `ends` and
 * `void` only colour the drawing or hush the words.
 */
export type Chip = {
  glyph: GlyphName;
  tone: "plain" | "moves" | "ends" | "void" | "asks" | "fails";
  says: string;
};

/** How far an order is, as the lists show it, and in the order in which they sort it: what needs somebody comes first. */
export const STATE_CHIPS: Record<OrderStateView, Chip> = {
  rejected: { glyph: "octagon", tone: "fails", says: "Needs you" },
  "needs-information": { glyph: "speech-mark", tone: "asks", says: "Needs information" },
  "payment-held": { glyph: "card-held", tone: "asks", says: "Payment held" },
  "awaiting-payment": { glyph: "card", tone: "asks", says: "Awaiting payment" },
  "payment-processing": { glyph: "hourglass", tone: "moves", says: "Payment processing" },
  draft: { glyph: "dashed", tone: "plain", says: "Draft" },
  queued: { glyph: "clock", tone: "plain", says: "Queued" },
  uploading: { glyph: "arrow", tone: "moves", says: "Uploading" },
  received: { glyph: "ring-check", tone: "plain", says: "Received" },
  paid: { glyph: "receipt", tone: "ends", says: "Paid" },
  "in-progress": { glyph: "half", tone: "moves", says: "In progress" },
  completed: { glyph: "solid-check", tone: "ends", says: "Completed" },
  refunded: { glyph: "return", tone: "plain", says: "Refunded" },
  cancelled: { glyph: "struck", tone: "void", says: "Cancelled" },
};

/** Tells whether somebody has to do something about an order in this state. */
export function needsYou(state: OrderStateView): boolean {
  const { tone } = STATE_CHIPS[state];
  return tone === "asks" || tone === "fails";
}
