import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const sources = [
  "index.html",
  ...readdirSync("src", { recursive: true, encoding: "utf8" }).map(
    (path) => `src/${path.replaceAll("\\", "/")}`,
  ),
].filter((path) => /\.(css|svelte|html)$/.test(path));

const COLOUR =
  /#(?:[0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})\b|\b(?:rgba?|hsla?|hwb|lab|lch|oklab|oklch|color)\(/gi;
const INLINE_STYLE = /\sstyle\s*=\s*["'{]/gi;

const found = (pattern: RegExp, paths: string[]) =>
  paths.flatMap((path) =>
    [...readFileSync(path, "utf8").matchAll(pattern)].map(([hit]) => `${path}: ${hit}`),
  );

describe("the sources", () => {
  it("are found", () => {
    expect(sources).toContain("src/tokens.css");
    expect(sources).toContain("src/App.svelte");
    expect(sources.length).toBeGreaterThan(10);
  });

  it("name a colour only in tokens.css", () => {
    expect(found(COLOUR, ["src/tokens.css"]).length).toBeGreaterThan(50);
    expect(
      found(
        COLOUR,
        sources.filter((path) => path !== "src/tokens.css"),
      ),
    ).toEqual([]);
  });

  it("hold no inline style, which the content security policy refuses", () => {
    expect('<p style="">'.match(INLINE_STYLE)).not.toBeNull();
    expect(found(INLINE_STYLE, sources)).toEqual([]);
  });
});
