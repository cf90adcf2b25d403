import { describe, expect, it } from "vitest";

import type { FileStateView } from "../bindings/FileStateView";
import type { FileView } from "../bindings/FileView";
import type { ProblemView } from "../bindings/ProblemView";
import { isComplete, toSend } from "./sending";

const problem = (severity: ProblemView["severity"]): ProblemView => ({
  path: "a.b",
  severity,
  code: "x",
  message: "",
  toFinish: "",
});
const file = (state: FileStateView, length = 1_000_000): FileView => ({
  file: "f",
  name: "f.pdf",
  length,
  state,
});
const SEALED: FileStateView = { is: "sealed", sha256: "00" };
const SEALING: FileStateView = { is: "sealing", done: 1 };
const FAILED: FileStateView = { is: "failed", error: { code: "file_refused", message: "" } };

describe("isComplete", () => {
  it("lets a warning pass, and nothing else", () => {
    expect(isComplete([], [])).toBe(true);
    expect(isComplete([problem("caution")], [file(SEALED)])).toBe(true);
    expect(isComplete([problem("empty")], [])).toBe(false);
    expect(isComplete([problem("wrong")], [])).toBe(false);
    expect(isComplete([], [file(SEALING)])).toBe(false);
    expect(isComplete([], [file(SEALED), file(FAILED)])).toBe(false);
  });
});

describe("toSend", () => {
  it("counts only what is sealed", () => {
    expect(toSend([])).toEqual(["The order itself, with no file."]);
    expect(toSend([file(SEALED)])).toEqual(["The order and 1 file, 1.00 MB."]);
    expect(toSend([file(SEALED), file(SEALED), file(SEALING), file(FAILED), file(FAILED)])).toEqual([
      "The order and 2 files, 2.00 MB.",
      "1 file still being encrypted.",
      "2 files could not be attached.",
    ]);
  });
});
