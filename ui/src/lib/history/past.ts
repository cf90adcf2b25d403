import type { Answer, Api } from "../api";
import type { DraftView } from "../bindings/DraftView";
import type { HistoryAnswer } from "../bindings/HistoryAnswer";
import type { Saving } from "../shell/saving.svelte";
import type { Toasts } from "../shell/toasts.svelte";

type Commands = Pick<Api, "undoChange" | "redoChange" | "restoreVersion">;
type Saves = Pick<Saving, "settle" | "alone">;
type Way = { command: "undoChange" | "redoChange"; did: string; not: string; none: string };

const UNDO: Way = {
  command: "undoChange",
  did: "Undone",
  not: "Nothing was undone",
  none: "There is nothing to undo.",
};
const REDO: Way = {
  command: "redoChange",
  did: "Done again",
  not: "Nothing was done again",
  none: "There is nothing to do again.",
};

/** Takes changes of drafts back and does them again, as the vault keeps them: also those of another day. */
export class Past {
  readonly #api: Commands;
  readonly #saving: Saves;
  readonly #toasts: Pick<Toasts, "show">;
  readonly #takers = new Map<string, (view: DraftView) => void>();
  #isBusy = false;

  constructor(api: Commands, saving: Saves, toasts: Pick<Toasts, "show">) {
    this.#api = api;
    this.#saving = saving;
    this.#toasts = toasts;
  }

  /** Hands a draft that changed here to its form, until the answered function is called. */
  hear(order: string, take: (view: DraftView) => void): () => void {
    this.#takers.set(order, take);
    return () => {
      if (this.#takers.get(order) === take) this.#takers.delete(order);
    };
  }

  async undo(order: string): Promise<void> {
    await this.#step(order, UNDO);
  }

  async redo(order: string): Promise<void> {
    await this.#step(order, REDO);
  }

  /** Makes a draft what it was in a version; answers why that failed. */
  async restore(order: string, number: number): Promise<string | null> {
    const answer = await this.#changed(order, () => this.#api.restoreVersion(order, number));
    if (answer === null) return null;
    if (typeof answer === "string") return answer;
    this.#takers.get(order)?.(answer);
    this.#toasts.show({ says: `Version ${number} is the draft again`, undo: () => this.undo(order) });
    return null;
  }

  async #step(order: string, { command, did, not, none }: Way): Promise<void> {
    const answer = await this.#changed(order, () => this.#api[command](order));
    if (answer === null) return;
    if (typeof answer === "string") {
      this.#toasts.show({ says: `${not}. ${answer}` });
      return;
    }
    this.#tell(order, answer, did, none, command);
  }

  #tell(order: string, { saved, what }: HistoryAnswer, did: string, none: string, command: Way["command"]) {
    if (!saved) {
      this.#toasts.show({ says: none });
      return;
    }
    this.#takers.get(order)?.(saved);
    const says = what === null ? did : `${did}: ${what}`;
    // The key takes back one change more: so this toast has no Undo of its own.
    const action = { label: "Redo", act: () => void this.redo(order) };
    this.#toasts.show(command === "undoChange" ? { says, action } : { says });
  }

  /** Changes what is on disk, once all that was typed is there; answers nothing while another change is under way. */
  async #changed<T>(order: string, change: () => Promise<Answer<T>>): Promise<T | string | null> {
    if (this.#isBusy) return null;
    this.#isBusy = true;
    try {
      if (!(await this.#saving.settle(order))) return "What was typed last is not on disk yet.";
      const answer = await this.#saving.alone(change);
      return answer.is === "done" ? answer.value : answer.error.message;
    } finally {
      this.#isBusy = false;
    }
  }
}
