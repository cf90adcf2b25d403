import type { OrderStateView } from "../bindings/OrderStateView";

/** The drawings of states, each legible in grey. */
export type ChipGlyph = "dashed" | "clock" | "arrow" | "check" | "ring-check" | "bars" | "octagon";

/** A state as a glyph and words; `asks` and `fails` have a filled ground, since somebody has to do something. */
export type Chip = { glyph: ChipGlyph; tone: "plain" | "moves" | "asks" | "fails"; says: string };

/** How far an order is, as the lists show it. */
export const STATE_CHIPS: Record<OrderStateView, Chip> = {
  draft: { glyph: "dashed", tone: "plain", says: "Draft" },
  queued: { glyph: "clock", tone: "plain", says: "Queued" },
  uploading: { glyph: "arrow", tone: "moves", says: "Uploading" },
  rejected: { glyph: "octagon", tone: "fails", says: "Needs you" },
  received: { glyph: "ring-check", tone: "plain", says: "Received" },
};
