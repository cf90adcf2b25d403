import { describe, expect, it } from "vitest";

import { FORM } from "../../test/formView";
import type { Assessment } from "../bindings/Assessment";
import { missingOutside, nextMissing } from "./missing";

const at = (...paths: string[]) => ({
  form: FORM,
  rows: new Map([["locations", [4, 2]]]) as never,
  assessment: {
    problems: paths.map((path) => ({ path, severity: "empty", code: "", message: "", toFinish: "" })),
  } as unknown as Assessment,
});

const draft = at(
  "subject.name",
  "locations.4.address.line1",
  "locations.4.address.zip",
  "locations.2.phone",
  "files",
);

describe("nextMissing", () => {
  it.each([
    [null, "subject.name", "files"],
    ["customer.person", "subject.name", "files"],
    ["subject.name", "locations.4.address.line1", "files"],
    ["subject.injury", "locations.4.address.line1", "subject.name"],
    // Row 4 stands before row 2, and the parts as in the form.
    ["locations.4.address.city", "locations.4.address.zip", "locations.4.address.line1"],
    ["locations.4.records", "locations.2.phone", "locations.4.address.zip"],
    ["delivery.level", "files", "locations.2.phone"],
    ["files", "subject.name", "locations.2.phone"],
  ])("from %s", (focused, next, previous) => {
    expect(nextMissing(draft, focused, 1)).toBe(next);
    expect(nextMissing(draft, focused, -1)).toBe(previous);
  });

  it("is nothing when nothing is missing", () => {
    expect(nextMissing(at(), "subject.name", 1)).toBeNull();
    expect(nextMissing(at(), null, -1)).toBeNull();
  });

  it("stays at the only one", () => {
    expect(nextMissing(at("subject.name"), "subject.name", 1)).toBe("subject.name");
    expect(nextMissing(at("subject.name"), "delivery.level", 1)).toBe("subject.name");
  });
});

describe("missingOutside", () => {
  it("is what no section has", () => {
    expect(missingOutside(draft)).toBe("files");
    expect(missingOutside(at("subject.name"))).toBeNull();
  });
});
