import type { AnswerView } from "../bindings/AnswerView";
import type { EntryView } from "../bindings/EntryView";

export type Parts = Readonly<Record<string, string>>;
type Known = AnswerView | EntryView | null;

export function textOf(known: Known): string {
  return known?.is === "text" ? known.text : "";
}

export function flagOf(known: Known): boolean | null {
  return known?.is === "flag" ? known.flag : null;
}

export function optionsOf(known: Known): readonly string[] {
  return known?.is === "choices" ? known.options : [];
}

export function partsOf(known: Known): Parts {
  return known?.is === "parts" ? known.parts : {};
}

/** What would have to be entered to get an answer again; null where that is not known, since it is masked. */
export function entryOf(answer: AnswerView): EntryView | null {
  return answer.is === "masked" ? null : answer;
}

/** Whether there is nothing in it. */
export function isBlank(known: Known): boolean {
  switch (known?.is) {
    case undefined:
      return true;
    case "text":
      return known.text === "";
    case "flag":
      return known.flag === null;
    case "choices":
      return known.options.length === 0;
    case "parts":
      return Object.values(known.parts).every((part) => part === "");
    case "masked":
      return false;
  }
}

/** Whether it is typed, letter by letter, rather than chosen. */
export function isTyped(entry: EntryView): boolean {
  return entry.is === "text" || entry.is === "parts";
}

const BULLETS_MAX = 12;

/** A mask for what was typed and is not on disk yet. It tells nothing but that there is something. */
export function maskOf(entry: EntryView): string {
  const length = entry.is === "parts" ? BULLETS_MAX : textOf(entry).length;
  return "•".repeat(Math.min(length, BULLETS_MAX));
}
