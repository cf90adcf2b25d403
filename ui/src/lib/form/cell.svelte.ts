import type { AnswerView } from "../bindings/AnswerView";
import type { EntryView } from "../bindings/EntryView";
import type { NoticeView } from "../bindings/NoticeView";
import type { ProblemView } from "../bindings/ProblemView";
import type { UiError } from "../bindings/UiError";
import { isBlank, maskOf } from "./entries";

/** What was changed of a text, and the entry from before the paste, where it was pasted. */
export type Changed = { notices: readonly NoticeView[]; before: EntryView | null };

/**
 * One field: its answer, what is typed into it, what is said of it. Each part is a signal of its own, so that a change of one
 * field is drawn in that field only.
 */
export class Cell {
  /** The answer as it is on disk. */
  kept = $state.raw<AnswerView | null>(null);
  /** What was typed or chosen and stands in the field instead of the answer. */
  typed = $state.raw<EntryView | null>(null);
  /** The answer behind the mask, while it is shown. */
  revealed = $state.raw<AnswerView | null>(null);
  /** Whether a masked field shows what is in it. */
  isUncovered = $state(false);
  problem = $state.raw<ProblemView | null>(null);
  failure = $state.raw<UiError | null>(null);
  changed = $state.raw<Changed | null>(null);
  isRequired = $state(false);
  isHidden = $state(false);
  /** Whether the user has been in the field and left it: before that, nothing typed is called wrong. */
  wasLeft = $state(false);

  /** Whether the answer is masked on the screen. */
  isMasked = false;
  hasFocus = false;
  /** What was last handed to the queue, and what of it is on disk. */
  entered: EntryView | null = null;
  saved: EntryView | null = null;
  /** What stood in the field before the last paste; kept until that is on disk. */
  beforePaste: EntryView | null = null;
  pasted: EntryView | null = null;

  /** Takes the answer as it is on disk by another way than this field; what was typed stays where it is not saved. */
  takeKept(kept: AnswerView | null, typed: "saved" | "unsaved"): void {
    // An answer that is the same is not drawn again.
    if (JSON.stringify(kept) !== JSON.stringify(this.kept)) this.kept = kept;
    this.revealed = this.changed = this.beforePaste = this.pasted = null;
    if (typed === "unsaved") return;
    this.typed = this.failure = this.entered = this.saved = null;
    this.isUncovered = false;
  }

  /** What stands in the field. */
  get shown(): EntryView | AnswerView | null {
    return this.typed ?? this.revealed ?? this.kept;
  }

  get isBlank(): boolean {
    return isBlank(this.typed ?? this.kept);
  }

  /** What a covered field shows. */
  get mask(): string {
    if (this.typed) return maskOf(this.typed);
    return this.kept?.is === "masked" ? this.kept.masked : "";
  }
}
