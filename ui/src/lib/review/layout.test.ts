import { describe, expect, it } from "vitest";

import type { ReviewSection } from "../bindings/ReviewSection";
import { REVIEW, SUM } from "../../test/samples";
import { COLUMNS_MAX, hasMasked, layout, SHORT_CHARS_MAX, shortSum } from "./layout";

const fact = (label: string, value = "x") => ({ label, value, masked: false });
const facts = (id: string, value = "x"): ReviewSection => ({
  id,
  title: id,
  facts: [fact("Name", value)],
  rows: [],
});
const rows = (...labels: string[]): ReviewSection => ({
  id: "rows",
  title: "Rows",
  facts: [],
  rows: [labels.map((label) => fact(label, `${label}!`))],
});
const kinds = (sections: ReviewSection[]) =>
  layout(sections).map((block) =>
    block.is === "facts"
      ? `${block.wide ? "wide" : "two"} ${block.sections.map(({ id }) => id).join("+")}`
      : block.is,
  );

describe("layout", () => {
  it("puts short sections side by side, and a table between where it stands in the form", () => {
    expect(kinds([facts("a"), facts("b"), rows("x"), facts("c")])).toEqual(["two a+b", "table", "two c"]);
  });

  it("gives a long answer the width of the sheet", () => {
    const long = "x".repeat(SHORT_CHARS_MAX + 1);
    expect(kinds([facts("a"), facts("b", long), facts("c")])).toEqual(["two a", "wide b", "two c"]);
    expect(kinds([facts("a", "x".repeat(SHORT_CHARS_MAX))])).toEqual(["two a"]);
    expect(kinds([facts("a", "one\ntwo")])).toEqual(["wide a"]);
  });

  it("makes no table of more columns than fit", () => {
    const labels = Array.from({ length: COLUMNS_MAX + 1 }, (_, place) => `c${place}`);
    expect(kinds([rows(...labels.slice(1))])).toEqual(["table"]);
    expect(layout([rows(...labels)])).toEqual([
      {
        is: "list",
        id: "rows",
        title: "Rows",
        rows: [{ name: "c0!", facts: labels.slice(1).map((label) => fact(label, `${label}!`)) }],
      },
    ]);
  });

  it("keeps an answer in its column where a row lacks others", () => {
    const section: ReviewSection = {
      id: "r",
      title: "R",
      facts: [],
      rows: [[fact("a", "1"), fact("b", "2")], [fact("b", "3"), fact("c", "4")], []],
    };
    expect(layout([section])).toEqual([
      {
        is: "table",
        id: "r",
        title: "R",
        table: {
          columns: ["a", "b", "c"],
          rows: [
            ["1", "2", ""],
            ["", "3", "4"],
            ["", "", ""],
          ],
        },
      },
    ]);
  });
});

describe("hasMasked", () => {
  it("finds a masked answer among facts and rows", () => {
    const masked = { label: "SSN", value: "•", masked: true };
    expect(hasMasked(REVIEW.sections)).toBe(true);
    expect(hasMasked([facts("a"), rows("b")])).toBe(false);
    expect(hasMasked([{ id: "r", title: "", facts: [], rows: [[fact("a")], [masked]] }])).toBe(true);
  });
});

describe("shortSum", () => {
  it("keeps both ends", () => {
    expect(shortSum(SUM)).toBe("9f2c 41d8 … 07be a6e3");
  });
});
