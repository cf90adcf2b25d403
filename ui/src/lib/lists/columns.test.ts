import { describe, expect, it } from "vitest";

import { row } from "../../test/samples";
import { columnsOf, firstSort, sorted, sortedBy, type ColumnId } from "./columns";

const rows = [
  row("a", { caption: "okafor", due: "2026-12-01", amountCents: 900, clientMatter: "2-10", toFinish: 2 }),
  row("b", { caption: "", due: null, amountCents: 10_000, clientMatter: "2-9", toFinish: 0 }),
  row("c", { caption: "Delgado", due: "2026-11-30", amountCents: null, clientMatter: null, toFinish: 2 }),
];
const by = (column: ColumnId, direction: "ascending" | "descending") =>
  sorted(rows, { column, direction })
    .map(({ order }) => order)
    .join("");

describe("sorted", () => {
  it.each([
    ["caption", "ascending", "cab"],
    ["caption", "descending", "acb"],
    ["due", "ascending", "cab"],
    ["due", "descending", "acb"],
    ["amount", "ascending", "abc"],
    ["amount", "descending", "bac"],
    ["matter", "ascending", "bac"],
    ["matter", "descending", "abc"],
    ["finish", "ascending", "bac"],
    ["finish", "descending", "acb"],
  ] as const)("by %s, %s", (column, direction, orders) => {
    expect(by(column, direction)).toBe(orders);
    expect(rows.map(({ order }) => order).join("")).toBe("abc");
  });
});

describe("sorted by status", () => {
  it("has first what needs somebody, then how far the work is", () => {
    const states = ["cancelled", "completed", "in-progress", "paid", "awaiting-payment"] as const;
    const others = ["received", "payment-held", "needs-information", "refunded"] as const;
    const mixed = [...states, ...others].map((state) => row(state, { state }));
    const order = sorted(mixed, { column: "state", direction: "ascending" }).map(({ state }) => state);
    expect(order).toEqual([
      "needs-information",
      "payment-held",
      "awaiting-payment",
      "received",
      "paid",
      "in-progress",
      "completed",
      "refunded",
      "cancelled",
    ]);
  });
});

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
