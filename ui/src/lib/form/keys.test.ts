import { describe, expect, it } from "vitest";

import { SHORTCUTS as OF_THE_SHELL } from "../shell/keys";
import { formCommandOf, formKeysShown, formKeysSpoken, sectionOf, SHORTCUTS } from "./keys";

const stroke = (
  key: string,
  held: Partial<Record<"ctrlKey" | "metaKey" | "shiftKey" | "altKey", true>> = {},
) => ({
  key,
  code: /^[0-9]$/.test(key) ? `Digit${key}` : key,
  ctrlKey: false,
  metaKey: false,
  shiftKey: false,
  altKey: false,
  ...held,
});

describe("formCommandOf", () => {
  it("finds a command by exactly its keys", () => {
    expect(formCommandOf(stroke("Enter", { ctrlKey: true }), "other")).toBe("review");
    expect(formCommandOf(stroke("Enter"), "other")).toBeNull();
    expect(formCommandOf(stroke("Enter", { metaKey: true }), "mac")).toBe("review");
    expect(formCommandOf(stroke("Enter", { ctrlKey: true, metaKey: true }), "other")).toBeNull();
    expect(formCommandOf(stroke("A", { ctrlKey: true, shiftKey: true }), "other")).toBe("add-row");
    expect(formCommandOf(stroke("a", { ctrlKey: true }), "other")).toBeNull();
    expect(formCommandOf(stroke("F8", { shiftKey: true }), "other")).toBe("previous-missing");
    // AltGr types a character.
    expect(formCommandOf(stroke("o", { ctrlKey: true, altKey: true }), "other")).toBeNull();
  });

  it("takes no key that the shell has", () => {
    const written = (row: { held: readonly string[]; key: string }) =>
      [...row.held, row.key].join("+").toLowerCase();
    const taken = new Set(OF_THE_SHELL.map(written));
    expect(SHORTCUTS.map(written).filter((keys) => taken.has(keys))).toEqual([]);
  });
});

describe("sectionOf", () => {
  it("counts from the first, by the place of the key", () => {
    expect(sectionOf(stroke("1", { altKey: true }))).toBe(0);
    expect(sectionOf({ ...stroke("¡", { altKey: true }), code: "Digit1" })).toBe(0);
    expect(sectionOf(stroke("9", { altKey: true }))).toBe(8);
    expect(sectionOf(stroke("0", { altKey: true }))).toBeNull();
    expect(sectionOf(stroke("1"))).toBeNull();
    expect(sectionOf(stroke("1", { altKey: true, ctrlKey: true }))).toBeNull();
  });
});

describe("the keys as they are read", () => {
  it("are written for each platform", () => {
    expect(formKeysShown("add-row", "other")).toBe("Ctrl+Shift+A");
    expect(formKeysShown("add-row", "mac")).toBe("Cmd+Shift+A");
    expect(formKeysSpoken("review", "mac")).toBe("Meta+Enter");
  });
});
