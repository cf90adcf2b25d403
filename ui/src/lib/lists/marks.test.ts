import { describe, expect, it } from "vitest";

import { marks } from "./marks";

const marked = (text: string, query: string) =>
  marks(text, query)
    .map(({ text, isFound }) => (isFound ? `[${text}]` : text))
    .join("");

describe("marks", () => {
  it.each([
    ["Delgado v. Northline Freight", "", "Delgado v. Northline Freight"],
    ["Delgado v. Northline Freight", "delg", "[Delg]ado v. Northline Freight"],
    ["Delgado v. Northline Freight", "NORTH delgado", "[Delgado] v. [North]line Freight"],
    ["Delgado v. Northline Freight", "line", "Delgado v. Northline Freight"],
    ["Peña v. Castell", '"pena cas', "[Peña] v. [Cas]tell"],
    ["Peña v. Pe\u0301rez", "pe", "[Pe]ña v. [Pe]\u0301rez"],
    ["O’Brien", "obr", "[O’Br]ien"],
    ["O’Brien", "o'brien", "[O’Brien]"],
    ["10452-003", "10452-003", "[10452]-[003]"],
    ["26STCV04417", "417", "26STCV04[417]"],
    ["26STCV04417", "17", "26STCV04417"],
    ["", "delg", ""],
    ["Delgado", ".*&", "Delgado"],
  ])("of %j for %j", (text, query, says) => {
    expect(marked(text, query)).toBe(says);
  });
});
