/* eslint-disable svelte/prefer-svelte-reactivity -- what is only looked up is not drawn */
import type { Api } from "../api";
import type { SavedAnswer } from "../bindings/SavedAnswer";
import type { UiError } from "../bindings/UiError";
import { Autosave, type Entered, type SavingState, type Urgency } from "../form/autosave";

/** Who wants to know what became of the entries of an order. */
export type HearsOfOrder = {
  saved: (entered: Entered, saved: SavedAnswer) => void;
  failed: (entered: Entered, error: UiError) => void;
};

/**
 * What is being saved. It outlives every form: what could not be saved when its form was closed is tried on, and is there
 * when the form opens again.
 */
export class Saving {
  /** Orders for which Review was tried since the window opened: their forms say what is missing. */
  readonly reviewed = new Set<string>();
  #state = $state.raw<SavingState>({ is: "nothing" });
  readonly #hearers = new Map<string, HearsOfOrder>();
  readonly #queue: Autosave;

  constructor(save: Api["saveAnswer"]) {
    this.#queue = new Autosave(save, {
      saved: (entered, saved) => this.#hearers.get(entered.order)?.saved(entered, saved),
      failed: (entered, error) => this.#hearers.get(entered.order)?.failed(entered, error),
      state: (state) => {
        if (!isSame(state, this.#state)) this.#state = state;
      },
    });
  }

  get state(): SavingState {
    return this.#state;
  }

  /** Tells what becomes of the entries of an order, until the answered function is called. */
  hear(order: string, hearer: HearsOfOrder): () => void {
    this.#hearers.set(order, hearer);
    return () => {
      if (this.#hearers.get(order) === hearer) this.#hearers.delete(order);
    };
  }

  enter(entered: Entered, urgency: Urgency): void {
    this.#queue.enter(entered, urgency);
  }

  flush(): void {
    this.#queue.flush();
  }

  retry(): void {
    this.#queue.retry();
  }

  settle(order: string): Promise<boolean> {
    return this.#queue.settle(order);
  }

  settleAll(): Promise<boolean> {
    return this.#queue.settleAll();
  }

  alone<T>(task: () => Promise<T>): Promise<T> {
    return this.#queue.alone(task);
  }

  hasUnsaved(order: string, below?: string): boolean {
    return this.#queue.hasUnsaved(order, below);
  }

  unsaved(order: string): Entered[] {
    return this.#queue.unsaved(order);
  }

  forget(order: string): void {
    this.#queue.forget(order);
  }
}

function isSame(one: SavingState, other: SavingState): boolean {
  if (one.is === "saved" && other.is === "saved") return one.atMs === other.atMs;
  if (one.is === "not-saved" && other.is === "not-saved") {
    return one.error === other.error && one.retries === other.retries;
  }
  return one.is === other.is;
}
