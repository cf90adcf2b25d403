// @vitest-environment node
import { build, type Rolldown } from "vite";
import { beforeAll, describe, expect, it } from "vitest";

let files: [name: string, text: string][];

beforeAll(async () => {
  const built = (await build({
    logLevel: "silent",
    mode: "production",
    build: { write: false },
  })) as Rolldown.RolldownOutput;
  files = built.output.map((file) => [
    file.fileName,
    file.type === "chunk" ? file.code : typeof file.source === "string" ? file.source : "",
  ]);
}, 60_000);

const texts = (ending: string) => files.filter(([name]) => name.endsWith(ending)).map(([, text]) => text);

describe("the built window under its content security policy", () => {
  it("has a page without an inline script, style or handler", () => {
    const [page = "", ...others] = texts(".html");
    expect(others).toEqual([]);
    expect(page.match(/<script[^>]*>/g)).toHaveLength(1);
    expect(page).toMatch(/<script type="module" crossorigin src="\/assets\/[^"]+"><\/script>/);
    expect(page).not.toMatch(/<style|\sstyle=|\son\w+=/);
  });

  it("brings its fonts as files, not as data", () => {
    expect(files.filter(([name]) => name.endsWith(".woff2"))).toHaveLength(4);
    expect(texts(".css").join()).not.toContain("data:");
  });

  it("evaluates no text as code and makes no style element", () => {
    const code = texts(".js").join();
    expect(code).not.toMatch(/\beval\(|new Function\(|createElement\(["'`]style/);
  });

  it("asks for nothing from another place", () => {
    const addresses = [...texts(".html"), ...texts(".css")].join().match(/(?:https?:)?\/\/[a-z][^\s"')]+/g);
    expect(addresses).toBeNull();
  });
});
