import type { StartState } from "./start.svelte";

/** One statement of the status line. */
export type StatusWord = { says: string; tone: "kept" | "practice" | "wrong" };

/** Says what is true now, and nothing while that is not known. */
export function statusWords(start: StartState): readonly StatusWord[] {
  switch (start.is) {
    case "starting":
      return [];
    case "failed":
      return [{ says: "Satchel did not start completely", tone: "wrong" }];
    case "closed":
      return start.info.mode === "practice" ? [NOT_OPEN, PRACTICE] : [NOT_OPEN];
    case "ready":
      return start.info.mode === "practice" ? [NOTHING_TO_SAVE, PRACTICE] : [NOTHING_TO_SAVE];
  }
}

const NOT_OPEN: StatusWord = { says: "The vault is not open", tone: "wrong" };
const NOTHING_TO_SAVE: StatusWord = { says: "Nothing to save yet", tone: "kept" };
const PRACTICE: StatusWord = {
  says: "Practice: a sample firm, nothing leaves this computer",
  tone: "practice",
};
