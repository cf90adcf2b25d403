import { describe, expect, it } from "vitest";

import { CLOSED, LOCKED } from "../../test/keys";
import { BOUND } from "../../test/samples";
import { AZURE, PRACTICE } from "../../test/window";
import type { SavingState } from "../form/autosave";
import { keysWords, statusWords } from "./status";

describe("statusWords", () => {
  const said = (start: Parameters<typeof statusWords>[0], saving: SavingState = { is: "nothing" }) =>
    statusWords(start, saving, []).map((word) => word.says);

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
    const closed = {
      is: "closed",
      error: { code: "keyring_locked", message: "" },
      vault: CLOSED,
      trying: false,
    } as const;
    expect(said({ ...closed, info: PRACTICE })).toEqual([
      "The vault is not open",
      "Practice: a sample firm, nothing leaves this computer",
    ]);
    expect(said({ ...closed, info: AZURE })).toEqual(["The vault is not open"]);
  });

  it("says of a locked vault what is kept and what goes on, and of none that nothing is stored", () => {
    const locked = (uploads: number) => said({ is: "locked", info: AZURE, vault: { ...LOCKED, uploads } });
    expect(locked(0)).toEqual(["Locked", "encrypted on this computer"]);
    expect(locked(1).at(-1)).toBe("1 upload paused");
    expect(locked(2).at(-1)).toBe("2 uploads paused");
    const error = { code: "keyring_missing", message: "" } as const;
    expect(said({ is: "unmade", info: AZURE, error, trying: false })).toEqual(["Nothing is stored yet"]);
    expect(said({ is: "blank" })).toEqual([]);
  });

  it("says nothing before the mode is known", () => {
    expect(said({ is: "starting" })).toEqual([]);
    expect(said({ is: "failed", error: { code: "internal", message: "" } })).toEqual([
      "Satchel did not start completely",
    ]);
  });

  it("says saved of what is on disk only, with the time", () => {
    const ready = { is: "ready", info: AZURE } as const;
    const atMs = new Date(2026, 10, 24, 10, 42, 7).getTime();
    expect(said(ready, { is: "saving" })).toEqual(["saving…", "encrypted on this computer"]);
    expect(said(ready, { is: "saved", atMs })).toEqual(["Saved 10:42:07 AM", "encrypted on this computer"]);
  });

  it("says what is not saved, and what to do", () => {
    const error = { code: "not_saved", message: "The disk is full." } as const;
    const words = statusWords(
      { is: "ready", info: AZURE },
      { is: "not-saved", error, retries: "by-itself" },
      [],
    );
    expect(words.map(({ says }) => says)).toEqual([
      "Not saved",
      "keep Satchel open, it tries again by itself",
    ]);
    expect(words.every(({ tone }) => tone === "wrong")).toBe(true);
  });

  it("does not speak at every keystroke", () => {
    const ready = { is: "ready", info: AZURE } as const;
    const loud = (saving: SavingState) =>
      statusWords(ready, saving, [])
        .filter(({ isQuiet }) => !isQuiet)
        .map(({ says }) => says);
    expect(loud({ is: "saving" })).toEqual(loud({ is: "saved", atMs: 1 }));
    const error = { code: "not_saved", message: "" } as const;
    expect(loud({ is: "not-saved", error, retries: "by-itself" })).toContain("Not saved");
  });
});

describe("what waits", () => {
  it("is said after where it is saved, and before practice", () => {
    const says = statusWords({ is: "ready", info: PRACTICE }, { is: "nothing" }, ["1 uploading"]);
    expect(says.map((word) => word.says)).toEqual([
      "Nothing to save yet",
      "1 uploading",
      "Practice: a sample firm, nothing leaves this computer",
    ]);
  });
});

describe("keysWords", () => {
  it("says when the provider's keys were checked, and nothing where there is no provider", () => {
    const checkedAtMs = new Date().setHours(9, 58);
    expect(keysWords({ ...BOUND, checkedAtMs })).toBe("Keys from Example Legal Support checked 9:58 AM");
    expect(keysWords(BOUND)).toBe("Keys from Example Legal Support not checked since Satchel started");
    expect(keysWords(null)).toBeNull();
  });
});
