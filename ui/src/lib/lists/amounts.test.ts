import { describe, expect, it } from "vitest";

import { centsShown, counted, sizeShown } from "./amounts";

describe("centsShown", () => {
  it.each([
    [0, "0.00"],
    [5, "0.05"],
    [44_850, "448.50"],
    [124_000, "1,240.00"],
    [123_456_789, "1,234,567.89"],
  ])("%i", (cents, says) => {
    expect(centsShown(cents)).toBe(says);
  });
});

describe("counted", () => {
  it.each([
    [0, "0 drafts"],
    [1, "1 draft"],
    [1318, "1,318 drafts"],
  ])("%i", (count, says) => {
    expect(counted(count, "draft")).toBe(says);
  });
});

describe("sizeShown", () => {
  it.each([
    [0, "0 bytes"],
    [1, "1 byte"],
    [999, "999 bytes"],
    [1000, "1.00 KB"],
    [1_842_190, "1.84 MB"],
    [9_995_000, "10.0 MB"],
    [421_906, "422 KB"],
    [999_499, "999 KB"],
    [999_500, "1.00 MB"],
    [2_310_884_352, "2.31 GB"],
    [5_000_000_000_000_000, "5000 TB"],
  ])("%i", (bytes, says) => {
    expect(sizeShown(bytes)).toBe(says);
  });
});
