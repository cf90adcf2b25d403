import { describe, expect, it } from "vitest";

import { row } from "../../test/samples";
import { searchOf } from "./search";

const rows = [
  row("a", { caption: "Delgado v. Northline Freight", subject: "Maria Delgado", number: "26-04187" }),
  row("b", { caption: "Peña v. Castell Group", subject: "R. Castell", clientMatter: "10502-001" }),
  row("c", { caption: "", subject: null, clientMatter: null, service: "Messenger" }),
];
const found = (query: string) => searchOf(rows)(query).map(({ order }) => order);

describe("searchOf", () => {
  it("finds by the words of the status, but of a draft, which shows none", () => {
    const some = [
      row("a", { state: "needs-information" }),
      row("b", { state: "payment-processing" }),
      row("c", { state: "draft" }),
    ];
    const by = (query: string) => searchOf(some)(query).map(({ order }) => order);
    expect(by("needs inf")).toEqual(["a"]);
    expect(by("processing")).toEqual(["b"]);
    expect(by("draft")).toEqual([]);
  });
});

describe("searchOf", () => {
  it.each([
    ["", ["a", "b", "c"]],
    ["   ", ["a", "b", "c"]],
    ["delg", ["a"]],
    ["DELGADO north", ["a"]],
    ["north delgado", ["a"]],
    ["pena", ["b"]],
    ["PEÑA", ["b"]],
    ["10502", ["b"]],
    ["26-04187", ["a"]],
    ["mess", ["c"]],
    ["castell records", ["b"]],
    ["delgado castell", []],
    ["lindquist", []],
    // The end of one column and the start of the next are no word.
    ["freightmaria", []],
    [".*", []],
  ])("%j", (query, orders) => {
    expect(found(query)).toEqual(orders);
  });
});
