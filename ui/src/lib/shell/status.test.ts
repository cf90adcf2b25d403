import { describe, expect, it } from "vitest";

import { AZURE, PRACTICE } from "../../test/window";
import { statusWords } from "./status";

describe("statusWords", () => {
  const said = (start: Parameters<typeof statusWords>[0]) =>
    statusWords(start, { is: "nothing" }).map((word) => word.says);

  it("names practice in practice", () => {
    expect(said({ is: "ready", info: PRACTICE })).toEqual([
      "Nothing to save yet",
      "Practice: a sample firm, nothing leaves this computer",
    ]);
  });

  it("does not promise in earnest what holds in practice", () => {
    expect(said({ is: "ready", info: AZURE })).toEqual(["Nothing to save yet"]);
  });

  it("says that the vault is not open, and still names practice", () => {
    const closed = { is: "closed", error: { code: "keyring_locked", message: "" }, trying: false } as const;
    expect(said({ ...closed, info: PRACTICE })).toEqual([
      "The vault is not open",
      "Practice: a sample firm, nothing leaves this computer",
    ]);
    expect(said({ ...closed, info: AZURE })).toEqual(["The vault is not open"]);
  });

  it("says nothing before the mode is known", () => {
    expect(said({ is: "starting" })).toEqual([]);
    expect(said({ is: "failed", error: { code: "internal", message: "" } })).toEqual([
      "Satchel did not start completely",
    ]);
  });
});
