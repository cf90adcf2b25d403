import type { TimelineEventView } from "../bindings/TimelineEventView";
import type { TimelineItemView } from "../bindings/TimelineItemView";
import type { WorkStatusView } from "../bindings/WorkStatusView";
import { counted } from "../lists/amounts";
import type { Chip } from "../shell/chips";
import { paymentTold } from "./words";

const WORK: Record<WorkStatusView, Chip> = {
  new: { glyph: "ring", tone: "plain", says: "Waiting for an operator" },
  claimed: { glyph: "ring-check", tone: "plain", says: "Taken by an operator" },
  "in-progress": { glyph: "half", tone: "moves", says: "In progress" },
  "needs-information": { glyph: "speech-mark", tone: "asks", says: "Information needed" },
  completed: { glyph: "solid-check", tone: "ends", says: "Completed" },
  cancelled: { glyph: "struck", tone: "void", says: "Cancelled" },
};

/** One line of the timeline. What was written, and what came back, stands in sections of its own. */
export function eventTold(event: TimelineEventView): Chip {
  switch (event.is) {
    case "submitted":
      return { glyph: "plane", tone: "plain", says: "Submitted by you" };
    case "received":
      return {
        glyph: "ring-check",
        tone: "plain",
        says:
          event.files === 0 ? "Received and verified" : `Received: ${counted(event.files, "file")} verified`,
      };
    case "payment-opened":
      return { glyph: "card", tone: "plain", says: "Payment page opened" };
    case "payment":
      return paymentTold(event.state, event.amountCents);
    case "work":
      return WORK[event.status];
    case "message":
      return { glyph: "speech", tone: "plain", says: "Message" };
    case "returned":
      return { glyph: "page", tone: "ends", says: `Returned: ${counted(event.names.length, "document")}` };
  }
}

/** What the operators wrote. */
export type Letter = { atMs: number; text: string };

/** The messages among what happened, the oldest first, as one reads them. */
export function lettersOf(timeline: readonly TimelineItemView[]): readonly Letter[] {
  return timeline
    .flatMap(({ atMs, event }) => (event.is === "message" ? [{ atMs, text: event.text }] : []))
    .reverse();
}
