import type { Platform, Stroke } from "../shell/keys";

/** What a key can ask of an open form. */
export type FormCommand =
  "review" | "next-missing" | "previous-missing" | "add-row" | "attach" | "undo" | "redo";

type Held = "primary" | "shift";
type Shortcut = { command: FormCommand; held: readonly Held[]; key: string };

export const SHORTCUTS: readonly Shortcut[] = [
  { command: "review", held: ["primary"], key: "Enter" },
  { command: "next-missing", held: [], key: "F8" },
  { command: "previous-missing", held: ["shift"], key: "F8" },
  { command: "add-row", held: ["primary", "shift"], key: "a" },
  { command: "attach", held: ["primary"], key: "o" },
  { command: "undo", held: ["primary"], key: "z" },
  { command: "redo", held: ["primary", "shift"], key: "z" },
];

/** Finds the command of a stroke. The modifiers must be exactly the ones of the table. */
export function formCommandOf(stroke: Stroke, platform: Platform): FormCommand | null {
  if (stroke.altKey) return null;
  const primary = platform === "mac" ? stroke.metaKey : stroke.ctrlKey;
  const other = platform === "mac" ? stroke.ctrlKey : stroke.metaKey;
  if (other) return null;
  const found = SHORTCUTS.find(
    ({ held, key }) =>
      key.toLowerCase() === stroke.key.toLowerCase() &&
      held.includes("primary") === primary &&
      held.includes("shift") === stroke.shiftKey,
  );
  return found?.command ?? null;
}

/** Finds the section that Alt and a digit go to, from 0. The key's place decides: with Option, macOS types a sign. */
export function sectionOf(stroke: Stroke & Pick<KeyboardEvent, "code">): number | null {
  if (!stroke.altKey || stroke.ctrlKey || stroke.metaKey || stroke.shiftKey) return null;
  const digit = /^(?:Digit|Numpad)([1-9])$/.exec(stroke.code)?.[1];
  return digit === undefined ? null : Number(digit) - 1;
}

/** As a user reads it: `Ctrl+Enter`, `Cmd+Shift+A`. */
export function formKeysShown(command: FormCommand, platform: Platform): string {
  return written(command, { primary: platform === "mac" ? "Cmd" : "Ctrl", shift: "Shift" });
}

/** For `aria-keyshortcuts`: `Control+Enter`. */
export function formKeysSpoken(command: FormCommand, platform: Platform): string {
  return written(command, { primary: platform === "mac" ? "Meta" : "Control", shift: "Shift" });
}

function written(command: FormCommand, names: Record<Held, string>): string {
  const shortcut = SHORTCUTS.find((row) => row.command === command);
  if (!shortcut) throw new Error(`no keys for ${command}`);
  const key = shortcut.key.length === 1 ? shortcut.key.toUpperCase() : shortcut.key;
  return [...shortcut.held.map((held) => names[held]), key].join("+");
}
