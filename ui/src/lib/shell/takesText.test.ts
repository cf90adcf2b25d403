import { describe, expect, it } from "vitest";

import { takesText } from "./takesText";

const input = (type: string) => Object.assign(document.createElement("input"), { type });

describe("takesText", () => {
  it.each(["text", "search", "email", "tel", "number", "password", "date"])("of an input for %s", (type) => {
    expect(takesText(input(type))).toBe(true);
  });

  it.each(["checkbox", "radio", "button"])("not of a %s", (type) => {
    expect(takesText(input(type))).toBe(false);
  });

  it("of what else is typed into", () => {
    expect(takesText(document.createElement("textarea"))).toBe(true);
    expect(takesText(document.createElement("select"))).toBe(true);
    expect(takesText(document.createElement("button"))).toBe(false);
    expect(takesText(null)).toBe(false);
  });
});
