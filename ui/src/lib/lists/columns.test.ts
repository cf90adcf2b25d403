import { describe, expect, it } from "vitest";

import { columnsOf, firstSort, sortedBy } from "./columns";

describe("a click on a head", () => {
  it("turns the same column round and starts another", () => {
    const first = firstSort("drafts");
    expect(first).toEqual({ column: "changed", direction: "descending" });
    expect(firstSort("completed")).toEqual(first);
    expect(firstSort("active")).toEqual({ column: "due", direction: "ascending" });
    expect(sortedBy(first, "changed")).toEqual({ column: "changed", direction: "ascending" });
    const due = sortedBy(first, "due");
    expect(due).toEqual({ column: "due", direction: "ascending" });
    expect(sortedBy(due, "due")).toEqual({ column: "due", direction: "descending" });
    expect(sortedBy(due, "changed")).toEqual(first);
  });
});

describe("columnsOf", () => {
  it("gives drafts what is left to finish, and the others their number", () => {
    const ids = (list: Parameters<typeof columnsOf>[0]) => columnsOf(list).map(({ id }) => id);
    expect(ids("drafts")).toContain("finish");
    expect(ids("drafts")).not.toContain("number");
    expect(ids("drafts")).not.toContain("state");
    expect(ids("active")).toContain("number");
    expect(ids("active")).toContain("state");
    expect(columnsOf("active").at(-1)?.label).toBe("Received");
    expect(ids("active")).not.toContain("finish");
  });
});
