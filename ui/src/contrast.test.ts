import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const css = readFileSync("src/tokens.css", "utf8");
const [light = "", dark = ""] = css.split('[data-theme="dark"]');

const GROUNDS = ["paper", "ledger", "leaf", "accent-wash"];
const TEXT_RATIO_MIN = 4.5;
const EDGE_RATIO_MIN = 3;

const text = [
  ...["ink", "ink-soft", "ink-faint", "accent"].flatMap((ink) => GROUNDS.map((ground) => [ink, ground])),
  ...["wrong", "caution", "good"].flatMap((ink) => [
    [ink, "paper"],
    [ink, "ledger"],
    [ink, `${ink}-wash`],
  ]),
  ["ink", "wrong-wash"],
  ["ink-soft", "desk"],
  ["on-accent", "accent"],
  ["on-accent", "accent-deep"],
] as [string, string][];

const edges = ["rule-field", "focus"].flatMap((edge) =>
  ["paper", "ledger"].map((ground): [string, string] => [edge, ground]),
);

describe.each([
  ["light", light],
  ["dark", dark],
])("%s tokens", (_, tokens) => {
  it.each(text)("%s is legible on %s", (ink, ground) => {
    expect(ratio(colour(tokens, ink), colour(tokens, ground))).toBeGreaterThanOrEqual(TEXT_RATIO_MIN);
  });

  it.each(edges)("%s is visible on %s", (edge, ground) => {
    expect(ratio(colour(tokens, edge), colour(tokens, ground))).toBeGreaterThanOrEqual(EDGE_RATIO_MIN);
  });
});

function colour(tokens: string, name: string): number[] {
  const hex = new RegExp(`--${name}: #([0-9a-f]{6});`).exec(tokens)?.[1];
  if (!hex) throw new Error(`no token --${name}`);
  return [0, 2, 4].map((at) => parseInt(hex.slice(at, at + 2), 16) / 255);
}

/** WCAG 2.2, "relative luminance". */
function luminance(colour: number[]): number {
  const [red = 0, green = 0, blue = 0] = colour.map((part) =>
    part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4,
  );
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** WCAG 2.2, "contrast ratio". */
function ratio(one: number[], other: number[]): number {
  const [low = 0, high = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}
