import { describe, expect, it } from "vitest";

import type { WidthView } from "../bindings/WidthView";
import { rowsOf } from "./rows";

const rows = (widths: WidthView[], breakAfter = -1) =>
  rowsOf(widths, (width) => width, breakAfter).map((row) => row.join(" "));

describe("rowsOf", () => {
  it("makes the rows that the grid makes", () => {
    expect(rows(["third", "third", "third", "third"])).toEqual(["third third third", "third"]);
    expect(rows(["two-thirds", "third", "half", "half"])).toEqual(["two-thirds third", "half half"]);
    expect(rows(["third", "full", "third"])).toEqual(["third", "full", "third"]);
    expect(rows(["half", "third", "third"])).toEqual(["half third", "third"]);
    expect(rows([])).toEqual([]);
  });

  it("begins a row after a note", () => {
    expect(rows(["third", "third", "third"], 0)).toEqual(["third", "third third"]);
  });
});
