import { describe, expect, it } from "vitest";

import type { NoticeView } from "../bindings/NoticeView";
import { percentOf, removedShown, timeLeftShown, timeShown } from "./words";

const removed = (...texts: string[]): NoticeView[] =>
  texts.map((text) => ({ part: null, change: "removed", text }));

describe("removedShown", () => {
  it.each([
    ["<script>alert(1)</script>", "<script>…</script>", 25],
    ["<b>", "<b>", 3],
    ["<IMG src=x onerror=alert(1)>", "<IMG>", 28],
    ["<!-- a remark -->", "<!-- … -->", 17],
    ["</b>", "markup", 4],
    ["<\u202e>", "markup", 3],
  ])("names %s", (text, what, characters) => {
    expect(removedShown(removed(text))).toEqual({ what, characters });
  });

  it("counts all of it", () => {
    expect(removedShown(removed("<b>", "</b>"))).toEqual({ what: "markup", characters: 7 });
  });

  it("says nothing of brackets that were turned", () => {
    expect(removedShown([{ part: null, change: "rebracketed", text: "<" }])).toBeNull();
  });
});

describe("times and shares", () => {
  it("are written as in the status line", () => {
    expect(timeShown(new Date(2026, 10, 24, 10, 42, 7).getTime())).toBe("10:42:07 AM");
    expect(timeShown(new Date(2026, 10, 24, 0, 5, 0).getTime())).toBe("12:05:00 AM");
  });

  it("reach a hundred only when all is done", () => {
    expect(percentOf(1_999, 2_000)).toBe(99);
    expect(percentOf(2_000, 2_000)).toBe(100);
    expect(percentOf(0, 0)).toBe(100);
  });

  it("say how long it takes, where that is known", () => {
    expect(timeLeftShown(null)).toBe("");
    expect(timeLeftShown(0.1)).toBe("About 1 s left");
    expect(timeLeftShown(59.6)).toBe("About 1 min left");
    expect(timeLeftShown(200)).toBe("About 3 min left");
  });
});
