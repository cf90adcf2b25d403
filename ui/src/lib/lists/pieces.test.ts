import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

import { pieces, placeAfter, ROW_PX, ROWS_BEYOND, scrolledTo } from "./pieces";

const HEIGHT = 10 * ROW_PX;
const shown = (count: number, row: number, at: number) =>
  pieces(count, { scrolled: row * ROW_PX, height: HEIGHT }, at)
    .map((piece) => (piece.is === "gap" ? `(${piece.rows})` : piece.place))
    .join(" ");
const run = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, step) => from + step).join(" ");

describe("pieces", () => {
  it("makes all of a short list", () => {
    expect(shown(3, 0, 0)).toBe("0 1 2");
    expect(shown(0, 0, -1)).toBe("");
  });

  it("makes what is seen and some beyond of a long one", () => {
    expect(shown(100_000, 0, 0)).toBe(`${run(0, 22)} (99978)`);
    expect(shown(100_000, 50_000, 50_003)).toBe(`(49988) ${run(49_988, 50_022)} (49978)`);
    expect(shown(100_000, 99_990, 99_999)).toBe(`(99978) ${run(99_978, 100_000)}`);
  });

  it("makes the current row wherever it is", () => {
    expect(shown(1000, 500, 0)).toBe(`0 (487) ${run(488, 522)} (478)`);
    expect(shown(1000, 500, 3)).toBe(`(3) 3 (484) ${run(488, 522)} (478)`);
    expect(shown(1000, 500, 487)).toBe(`(487) ${run(487, 522)} (478)`);
    expect(shown(1000, 500, 522)).toBe(`(488) ${run(488, 523)} (477)`);
    expect(shown(1000, 500, 999)).toBe(`(488) ${run(488, 522)} (477) 999`);
    expect(shown(1000, 500, 900)).toBe(`(488) ${run(488, 522)} (378) 900 (99)`);
  });

  it.each([0, 13, 488, 5000, 100_000])(
    "is as high as all rows, scrolled by %i, with keys of its own",
    (row) => {
      for (const at of [0, 1, 487, 4999]) {
        const made = pieces(5000, { scrolled: row * ROW_PX + 7, height: HEIGHT }, at);
        const rows = made.reduce((sum, piece) => sum + (piece.is === "gap" ? piece.rows : 1), 0);
        expect(rows).toBe(5000);
        const keys = made.map((piece) => (piece.is === "gap" ? piece.key : piece.place));
        expect(new Set(keys).size).toBe(keys.length);
        expect(made.length).toBeLessThanOrEqual(10 + 2 * ROWS_BEYOND + 6);
      }
    },
  );

  it("knows the height of a row that the style sheet gives", () => {
    expect(readFileSync("src/tokens.css", "utf8")).toContain(`--row: ${ROW_PX}px;`);
  });
});

describe("scrolledTo", () => {
  const HEAD = 28;
  it.each([
    ["a row that is seen", 5, 0, 0],
    ["a row above", 3, 20 * ROW_PX, 3 * ROW_PX],
    ["the first row", 0, 20 * ROW_PX, 0],
    ["a row below", 30, 0, 31 * ROW_PX + HEAD - HEIGHT],
    ["a row that the head would cover", 20, 20 * ROW_PX + 1, 20 * ROW_PX],
  ])("goes no further than it must to %s", (_, place, scrolled, to) => {
    expect(scrolledTo(place, { scrolled, height: HEIGHT }, HEAD)).toBe(to);
  });
});

describe("placeAfter", () => {
  it.each([
    ["ArrowDown", 5, 6],
    ["ArrowUp", 5, 4],
    ["ArrowUp", 0, 0],
    ["ArrowDown", 99, 99],
    ["PageDown", 5, 14],
    ["PageUp", 5, 0],
    ["Home", 50, 0],
    ["End", 50, 99],
    ["Enter", 5, null],
    ["constructor", 5, null],
  ])("%s from %i leads to %o", (key, at, to) => {
    expect(placeAfter(key, at, 100, HEIGHT)).toBe(to);
  });

  it("goes at least one row by page", () => {
    expect(placeAfter("PageDown", 0, 100, 0)).toBe(1);
  });
});
