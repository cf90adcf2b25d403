import { describe, expect, it } from "vitest";

import { dated, entered, MISSING, PASSED, production, REMINDER, UNCOUNTED } from "../../test/dates";
import { datesSpoken } from "./deadlines";

describe("what is spoken", () => {
  it.each([
    [[], ""],
    [[production(), MISSING, REMINDER], "Docket: 1 date, 1 without a date yet."],
    [[PASSED, UNCOUNTED], "Passed: Notice to consumer served by. Docket: 1 date."],
    [[production({ outcome: dated({ entered: entered() }) })], "Docket: 1 date."],
  ])("of %# names what needs somebody first", (deadlines, says) => {
    expect(datesSpoken(deadlines)).toBe(says);
  });
});
