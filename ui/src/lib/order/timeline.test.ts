import { describe, expect, it } from "vitest";

import type { TimelineEventView } from "../bindings/TimelineEventView";
import type { GlyphName } from "../shell/chips";
import { eventTold, lettersOf } from "./timeline";

describe("eventTold", () => {
  it.each<[TimelineEventView, GlyphName, string]>([
    [{ is: "submitted" }, "plane", "Submitted by you"],
    [{ is: "received", files: 0 }, "ring-check", "Received and verified"],
    [{ is: "received", files: 1 }, "ring-check", "Received: 1 file verified"],
    [{ is: "payment-opened" }, "card", "Payment page opened"],
    [{ is: "payment", state: "paid", amountCents: 44_850 }, "receipt", "Paid $448.50"],
    [{ is: "work", status: "new" }, "ring", "Waiting for an operator"],
    [{ is: "work", status: "claimed" }, "ring-check", "Taken by an operator"],
    [{ is: "work", status: "in-progress" }, "half", "In progress"],
    [{ is: "work", status: "needs-information" }, "speech-mark", "Information needed"],
    [{ is: "work", status: "completed" }, "solid-check", "Completed"],
    [{ is: "work", status: "cancelled" }, "struck", "Cancelled"],
    [{ is: "message", text: "Which study?" }, "speech", "Message"],
    [{ is: "returned", names: ["a", "b"] }, "page", "Returned: 2 documents"],
  ])("%o", (event, glyph, says) => {
    expect(eventTold(event)).toMatchObject({ glyph, says });
  });
});

describe("lettersOf", () => {
  it("gives the messages alone, the oldest first", () => {
    const timeline = [
      { atMs: 3, event: { is: "message", text: "Thank you." } },
      { atMs: 2, event: { is: "work", status: "in-progress" } },
      { atMs: 1, event: { is: "message", text: "Which study?" } },
    ] as const;
    expect(lettersOf(timeline).map(({ text }) => text)).toEqual(["Which study?", "Thank you."]);
  });
});
