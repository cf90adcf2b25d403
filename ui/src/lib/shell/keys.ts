/** What a key can ask of the shell. */
export type Command =
  "new-order" | "settings" | "lock" | "search" | "print" | "next-pane" | "previous-pane" | "back";

export type Platform = "mac" | "other";

/** `primary` is Ctrl, and Cmd on macOS. */
type Held = "primary" | "shift";

type Shortcut = { command: Command; held: readonly Held[]; key: string };

/** Every key of the shell. Tooltips, `aria-keyshortcuts` and the handlers all read this table. */
export const SHORTCUTS: readonly Shortcut[] = [
  { command: "new-order", held: ["primary"], key: "n" },
  { command: "settings", held: ["primary"], key: "," },
  { command: "lock", held: ["primary"], key: "l" },
  { command: "search", held: ["primary"], key: "f" },
  { command: "search", held: [], key: "/" },
  { command: "print", held: ["primary"], key: "p" },
  { command: "next-pane", held: [], key: "F6" },
  { command: "previous-pane", held: ["shift"], key: "F6" },
  { command: "back", held: [], key: "Escape" },
];

/** The part of a `KeyboardEvent` that decides. */
export type Stroke = Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "shiftKey" | "altKey">;

/** Finds the command of a stroke. The modifiers must be exactly the ones of the table. */
export function commandOf(stroke: Stroke, platform: Platform): Command | null {
  // AltGr arrives as Ctrl+Alt on Windows: a typed character, never a command.
  if (stroke.altKey) return null;
  const primary = platform === "mac" ? stroke.metaKey : stroke.ctrlKey;
  const other = platform === "mac" ? stroke.ctrlKey : stroke.metaKey;
  if (other) return null;
  const found = SHORTCUTS.find(
    ({ held, key }) =>
      key.toLowerCase() === stroke.key.toLowerCase() &&
      held.includes("primary") === primary &&
      // On many keyboards the slash is typed with Shift.
      (held.includes("shift") === stroke.shiftKey || key === "/"),
  );
  return found?.command ?? null;
}

/** Tells whether a stroke types a character, so that it belongs to a field that has the focus. */
export function types(stroke: Stroke): boolean {
  return stroke.key.length === 1 && !stroke.ctrlKey && !stroke.metaKey;
}

/** Writes the first keys of a command as a user reads them: `Ctrl+N`, `Cmd+N`, `Esc`. */
export function keysShown(command: Command, platform: Platform): string {
  const primary = platform === "mac" ? "Cmd" : "Ctrl";
  return written(command, { primary, shift: "Shift" }).replace("Escape", "Esc");
}

/** Writes the first keys of a command for `aria-keyshortcuts`: `Control+N`, `Meta+N`. */
export function keysSpoken(command: Command, platform: Platform): string {
  return written(command, { primary: platform === "mac" ? "Meta" : "Control", shift: "Shift" });
}

/** Reads `navigator.platform`, which all three engines still answer. */
export function platformOf(name: string): Platform {
  return name.startsWith("Mac") ? "mac" : "other";
}

function written(command: Command, names: Record<Held, string>): string {
  const shortcut = SHORTCUTS.find((row) => row.command === command);
  if (!shortcut) throw new Error(`no keys for ${command}`);
  const key = shortcut.key.length === 1 ? shortcut.key.toUpperCase() : shortcut.key;
  return [...shortcut.held.map((held) => names[held]), key].join("+");
}
