import type { ConnectionView } from "../bindings/ConnectionView";
import type { SavingState } from "../form/autosave";
import { timeShown } from "../form/words";
import { happenedShown } from "../lists/dates";
import type { StartState } from "./start.svelte";

/** One statement of the status line. */
export type StatusWord = {
  says: string;
  tone: "kept" | "plain" | "practice" | "wrong";
  /** It changes with every keystroke, so it is shown and not spoken. */
  isQuiet?: true;
};

/** Says what is true now, and nothing while that is not known. `waiting` is what is said of the outbox. */
export function statusWords(
  start: StartState,
  saving: SavingState,
  waiting: readonly string[],
): readonly StatusWord[] {
  switch (start.is) {
    case "starting":
      return [];
    case "failed":
      return [{ says: "Satchel did not start completely", tone: "wrong" }];
    case "closed":
      return start.info.mode === "practice" ? [NOT_OPEN, PRACTICE] : [NOT_OPEN];
    case "ready": {
      const outbox = waiting.map((says): StatusWord => ({ says, tone: "plain" }));
      const words = [...savingWords(saving), ...outbox];
      return start.info.mode === "practice" ? [...words, PRACTICE] : words;
    }
  }
}

/** Says whose keys are verified, and when they were checked last. */
export function keysWords(connection: Extract<ConnectionView, { is: "bound" }> | null): string | null {
  if (!connection) return null;
  const { provider, checkedAtMs } = connection;
  return checkedAtMs === null
    ? `Keys from ${provider} not checked since Satchel started`
    : `Keys from ${provider} checked ${happenedShown(checkedAtMs, new Date())}`;
}

/** Says "saved" only of what is on disk. */
function savingWords(saving: SavingState): StatusWord[] {
  switch (saving.is) {
    case "nothing":
      return [{ says: "Nothing to save yet", tone: "kept" }];
    case "saving":
      return [{ says: "saving…", tone: "plain", isQuiet: true }, ENCRYPTED];
    case "saved":
      return [{ says: `Saved ${timeShown(saving.atMs)}`, tone: "kept", isQuiet: true }, ENCRYPTED];
    case "not-saved":
      return [{ says: "Not saved", tone: "wrong" }, WHAT_TO_DO[saving.retries]];
  }
}

const NOT_OPEN: StatusWord = { says: "The vault is not open", tone: "wrong" };
const ENCRYPTED: StatusWord = { says: "encrypted on this computer", tone: "plain" };
const WHAT_TO_DO = {
  "by-itself": { says: "keep Satchel open, it tries again by itself", tone: "wrong" },
  "when-changed": { says: "change what the form calls wrong", tone: "wrong" },
} as const;
const PRACTICE: StatusWord = {
  says: "Practice: a sample firm, nothing leaves this computer",
  tone: "practice",
};
