import { describe, expect, it } from "vitest";

import { commandOf, keysShown, keysSpoken, platformOf, SHORTCUTS, type Stroke, types } from "./keys";

const press = (key: string, held: Partial<Stroke> = {}): Stroke => ({
  key,
  ctrlKey: false,
  metaKey: false,
  shiftKey: false,
  altKey: false,
  ...held,
});

describe("commandOf", () => {
  it.each([
    ["new-order", press("n", { ctrlKey: true })],
    ["new-order", press("N", { ctrlKey: true })], // with Caps Lock
    ["settings", press(",", { ctrlKey: true })],
    ["lock", press("l", { ctrlKey: true })],
    ["search", press("f", { ctrlKey: true })],
    ["search", press("/")],
    ["search", press("/", { shiftKey: true })], // on a German keyboard
    ["print", press("p", { ctrlKey: true })],
    ["next-pane", press("F6")],
    ["previous-pane", press("F6", { shiftKey: true })],
    ["back", press("Escape")],
  ])("finds %s", (command, stroke) => {
    expect(commandOf(stroke, "other")).toBe(command);
  });

  it.each([
    ["a plain letter", press("n")],
    ["a slash with Ctrl", press("/", { ctrlKey: true })],
    ["one modifier too many", press("n", { ctrlKey: true, shiftKey: true })],
    ["AltGr, which is Ctrl+Alt", press("n", { ctrlKey: true, altKey: true })],
    ["the Windows key", press("n", { metaKey: true })],
    ["another F6", press("F6", { ctrlKey: true })],
    ["a key of no command", press("q", { ctrlKey: true })],
  ])("leaves %s alone", (_, stroke) => {
    expect(commandOf(stroke, "other")).toBeNull();
  });

  it("takes Cmd, not Ctrl, on macOS", () => {
    expect(commandOf(press("n", { metaKey: true }), "mac")).toBe("new-order");
    expect(commandOf(press("n", { ctrlKey: true }), "mac")).toBeNull();
  });
});

describe("the table", () => {
  it("gives no stroke to two commands", () => {
    const strokes = SHORTCUTS.map(({ held, key }) => [...held, key].join("+"));
    expect(new Set(strokes).size).toBe(strokes.length);
  });

  it.each([
    ["new-order", "Ctrl+N", "Cmd+N", "Control+N", "Meta+N"],
    ["settings", "Ctrl+,", "Cmd+,", "Control+,", "Meta+,"],
    ["previous-pane", "Shift+F6", "Shift+F6", "Shift+F6", "Shift+F6"],
    ["back", "Esc", "Esc", "Escape", "Escape"],
    ["lock", "Ctrl+L", "Cmd+L", "Control+L", "Meta+L"],
    ["search", "Ctrl+F", "Cmd+F", "Control+F", "Meta+F"],
    ["print", "Ctrl+P", "Cmd+P", "Control+P", "Meta+P"],
  ] as const)("writes the keys of %s", (command, shown, shownOnMac, spoken, spokenOnMac) => {
    expect(keysShown(command, "other")).toBe(shown);
    expect(keysShown(command, "mac")).toBe(shownOnMac);
    expect(keysSpoken(command, "other")).toBe(spoken);
    expect(keysSpoken(command, "mac")).toBe(spokenOnMac);
  });
});

describe("types", () => {
  it.each([
    [true, press("a")],
    [true, press("/", { shiftKey: true })],
    [true, press("@", { altKey: true })],
    [false, press("f", { ctrlKey: true })],
    [false, press("f", { metaKey: true })],
    [false, press("Escape")],
    [false, press("F6")],
  ])("%s", (expected, stroke) => {
    expect(types(stroke)).toBe(expected);
  });
});

describe("platformOf", () => {
  it.each([
    ["MacIntel", "mac"],
    ["Win32", "other"],
    ["Linux x86_64", "other"],
    ["", "other"],
  ])("reads %j as %s", (name, platform) => {
    expect(platformOf(name)).toBe(platform);
  });
});
