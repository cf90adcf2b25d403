import type { AppInfo } from "../bindings/AppInfo";
import type { ConnectionView } from "../bindings/ConnectionView";
import type { SavingState } from "../form/autosave";
import { timeShown } from "../form/words";
import { counted } from "../lists/amounts";
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
    case "blank":
      return [];
    case "failed":
      return [{ says: "Satchel did not start completely", tone: "wrong" }];
    case "closed":
      return inMode(start.info, [NOT_OPEN]);
    case "unmade":
      return inMode(start.info, [NOTHING_YET]);
    case "locked":
      return inMode(start.info, [KEPT, ENCRYPTED, ...uploadWords(start.vault.uploads)]);
    case "ready": {
      const outbox = waiting.map((says): StatusWord => ({ says, tone: "plain" }));
      return inMode(start.info, [...savingWords(saving), ...outbox]);
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

function inMode({ mode }: AppInfo, words: StatusWord[]): StatusWord[] {
  return mode === "practice" ? [...words, PRACTICE] : words;
}

/** Says what waits while the vault is locked. */
function uploadWords(uploads: number): StatusWord[] {
  if (uploads === 0) return [];
  return [{ says: `${counted(uploads, "upload")} paused`, tone: "plain" }];
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
const NOTHING_YET: StatusWord = { says: "Nothing is stored yet", tone: "plain" };
const KEPT: StatusWord = { says: "Locked", tone: "kept" };
const ENCRYPTED: StatusWord = { says: "encrypted on this computer", tone: "plain" };
const WHAT_TO_DO = {
  "by-itself": { says: "keep Satchel open, it tries again by itself", tone: "wrong" },
  "when-changed": { says: "change what the form calls wrong", tone: "wrong" },
} as const;
const PRACTICE: StatusWord = {
  says: "Practice: a sample firm, nothing leaves this computer",
  tone: "practice",
};
