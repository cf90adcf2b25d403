import { describe, expect, it } from "vitest";

import { isSensitiveCopy } from "./copied";

/** Copies with the caret or the selection in an element of a page, and tells whether that is sensitive. */
function copy(id: string, select = false): boolean {
  document.body.innerHTML = `
    <p id="plain">Northside Imaging</p><input id="open">
    <div data-sensitive><input id="ssn"></div>
    <ol id="words" data-sensitive><li id="word">hero</li></ol>`;
  const element = document.getElementById(id);
  if (!element) throw new Error(`nothing is called ${id}`);
  document.getSelection()?.removeAllRanges();
  if (select) document.getSelection()?.selectAllChildren(element);
  let sensitive = false;
  const hear = (event: Event) => {
    sensitive = isSensitiveCopy(event as ClipboardEvent);
  };
  document.addEventListener("copy", hear, { once: true });
  (select ? document.body : element).dispatchEvent(new Event("copy", { bubbles: true }));
  return sensitive;
}

describe("a copy", () => {
  it.each([
    ["of a sensitive field", "ssn", false, true],
    ["of another field", "open", false, false],
    ["of words that are shown", "word", true, true],
    ["of other text", "plain", true, false],
  ])("%s", (_, id, select, sensitive) => {
    expect(copy(id, select)).toBe(sensitive);
  });

  it("of everything", () => {
    document.body.id = "all";
    expect(copy("plain")).toBe(false);
    document.getSelection()?.selectAllChildren(document.body);
    expect(isSensitiveCopy(new Event("copy") as ClipboardEvent)).toBe(true);
  });
});
