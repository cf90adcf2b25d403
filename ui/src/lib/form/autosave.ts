import type { Answer } from "../api";
import type { EntryView } from "../bindings/EntryView";
import type { SavedAnswer } from "../bindings/SavedAnswer";
import type { UiError } from "../bindings/UiError";
import type { UiErrorCode } from "../bindings/UiErrorCode";

/** A save waits so long after the last keystroke. */
export const TYPING_PAUSE_MS = 250;
/** While typing goes on, a save is due so long after the first keystroke that is not saved. */
export const TYPING_MS_MAX = 1_000;
/** Pauses before a failed save is tried again; the last one for ever. */
export const RETRY_AFTER_MS = [1_000, 2_000, 4_000, 8_000, 15_000, 30_000] as const;

/** What was entered, and where. */
export type Entered = { order: string; path: string; entry: EntryView };

/** Whether an entry may be followed by another one soon. */
export type Urgency = "typing" | "now";

export type SavingState =
  | { is: "nothing" }
  | { is: "saving" }
  | { is: "saved"; atMs: number }
  | { is: "not-saved"; error: UiError; retries: "by-itself" | "when-changed" };

export type Hears = {
  /** An entry is on disk. */
  saved: (entered: Entered, saved: SavedAnswer) => void;
  /** An entry is not on disk. It is kept here, and tried again if that can help. */
  failed: (entered: Entered, error: UiError) => void;
  state: (state: SavingState) => void;
};

type Waiting = Entered & {
  firstAtMs: number;
  dueAtMs: number;
  /** How often it failed, and until when it therefore waits. */
  failures: number;
  pausedUntilMs: number;
  error: UiError | null;
};

// The same entry would fail again: it waits until it is changed.
const FINAL: readonly UiErrorCode[] = ["too_long", "refused", "gone"];

/**
 * The queue between the fields and the disk. At most one save is under way, so saves reach the disk in the order in which
 * the fields were first touched; what is typed meanwhile supersedes what waits for the same field. Nothing leaves the queue
 * before the disk has it.
 */
export class Autosave {
  readonly #save: (order: string, path: string, entry: EntryView) => Promise<Answer<SavedAnswer>>;
  readonly #hears: Hears;
  #waiting = new Map<string, Waiting>();
  readonly #held = new Map<string, { entered: Entered; error: UiError }>();
  readonly #tasks: (() => Promise<void>)[] = [];
  #underWay: Waiting | null = null;
  #isBusy = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #savedAtMs: number | null = null;

  constructor(
    save: (order: string, path: string, entry: EntryView) => Promise<Answer<SavedAnswer>>,
    hears: Hears,
  ) {
    this.#save = save;
    this.#hears = hears;
  }

  get state(): SavingState {
    const held = this.#held.values().next().value;
    if (held) return { is: "not-saved", error: held.error, retries: "when-changed" };
    // A failed one goes on saying so until it is on disk.
    for (const { error } of this.#all()) if (error) return { is: "not-saved", error, retries: "by-itself" };
    if (this.#waiting.size > 0 || this.#underWay) return { is: "saving" };
    return this.#savedAtMs === null ? { is: "nothing" } : { is: "saved", atMs: this.#savedAtMs };
  }

  /** Takes what was entered; answers at once. */
  enter(entered: Entered, urgency: Urgency): void {
    const key = keyOf(entered);
    const before = this.#waiting.get(key);
    const now = performance.now();
    const firstAtMs = before?.firstAtMs ?? now;
    const typingEndsAtMs = Math.min(now + TYPING_PAUSE_MS, firstAtMs + TYPING_MS_MAX);
    this.#held.delete(key);
    // A key that is set again keeps its place.
    this.#waiting.set(key, {
      ...entered,
      firstAtMs,
      dueAtMs: urgency === "now" ? now : typingEndsAtMs,
      failures: before?.failures ?? 0,
      pausedUntilMs: before?.pausedUntilMs ?? 0,
      error: before?.error ?? null,
    });
    this.#step();
  }

  /** Saves what waits now rather than later. What failed goes on pausing. */
  flush(): void {
    for (const waiting of this.#waiting.values()) waiting.dueAtMs = 0;
    this.#step();
  }

  /** Saves what waits and what failed, now. */
  retry(): void {
    for (const { entered } of this.#held.values()) this.enter(entered, "now");
    for (const waiting of this.#waiting.values()) waiting.pausedUntilMs = 0;
    this.flush();
  }

  /** Saves everything, and answers whether everything of the order is on disk. */
  async settle(order: string): Promise<boolean> {
    this.retry();
    for (;;) {
      await this.alone(() => Promise.resolve());
      if (!this.hasUnsaved(order)) return true;
      const failed = [...this.#waiting.values()].some((waiting) => waiting.order === order && waiting.error);
      if (failed || [...this.#held.values()].some(({ entered }) => entered.order === order)) return false;
      // Typed meanwhile.
      this.flush();
    }
  }

  /** Saves everything, and answers whether everything of every order is on disk. */
  async settleAll(): Promise<boolean> {
    const unsaved = [...this.#all(), ...[...this.#held.values()].map(({ entered }) => entered)];
    let isSettled = true;
    for (const order of new Set(unsaved.map(({ order }) => order)))
      isSettled = (await this.settle(order)) && isSettled;
    return isSettled;
  }

  /** Runs a task when all that waits now was tried once, and saves nothing until it is over. */
  alone<T>(task: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#tasks.push(() => task().then(resolve, reject));
      this.flush();
    });
  }

  /** Whether something of an order, at or below a path, is not on disk. */
  hasUnsaved(order: string, below = ""): boolean {
    return this.unsaved(order).some(({ path }) => below === "" || path.startsWith(`${below}.`));
  }

  /** What of an order is not on disk. */
  unsaved(order: string): Entered[] {
    const held = [...this.#held.values()].map(({ entered }) => entered);
    return [...held, ...this.#all().map(bare)].filter((entered) => entered.order === order);
  }

  /** Forgets what was entered into an order that is no more. */
  forget(order: string): void {
    for (const [key, waiting] of this.#waiting) if (waiting.order === order) this.#waiting.delete(key);
    for (const [key, { entered }] of this.#held) if (entered.order === order) this.#held.delete(key);
    this.#step();
  }

  #all(): Waiting[] {
    return [...(this.#underWay ? [this.#underWay] : []), ...this.#waiting.values()];
  }

  /** Does what is due, or waits for it. */
  #step(): void {
    this.#hears.state(this.state);
    clearTimeout(this.#timer);
    if (this.#isBusy) return;
    const now = performance.now();
    const ready = [...this.#waiting.values()].filter(({ pausedUntilMs }) => pausedUntilMs <= now);
    const [first] = ready;
    if (first && ready.some(({ dueAtMs }) => dueAtMs <= now)) {
      void this.#occupied(() => this.#send(first));
      return;
    }
    const task = this.#tasks.shift();
    if (task) {
      void this.#occupied(task);
      return;
    }
    const times = [...this.#waiting.values()].map((waiting) =>
      Math.max(waiting.dueAtMs, waiting.pausedUntilMs),
    );
    if (times.length > 0)
      this.#timer = setTimeout(
        () => {
          this.#step();
        },
        Math.min(...times) - now,
      );
  }

  async #occupied(act: () => Promise<void>): Promise<void> {
    this.#isBusy = true;
    try {
      await act();
    } finally {
      this.#isBusy = false;
      this.#step();
    }
  }

  async #send(waiting: Waiting): Promise<void> {
    const entered = bare(waiting);
    this.#waiting.delete(keyOf(entered));
    this.#underWay = waiting;
    const answer = await this.#save(entered.order, entered.path, entered.entry);
    this.#underWay = null;
    if (answer.is === "done") {
      this.#savedAtMs = answer.value.savedAtMs;
      const newer = this.#waiting.get(keyOf(entered));
      if (newer) Object.assign(newer, { failures: 0, pausedUntilMs: 0, error: null });
      this.#hears.saved(entered, answer.value);
    } else {
      this.#fail(waiting, answer.error);
    }
  }

  #fail(waiting: Waiting, error: UiError): void {
    const entered = bare(waiting);
    const key = keyOf(waiting);
    const newer = this.#waiting.get(key);
    if (FINAL.includes(error.code)) {
      if (!newer) this.#held.set(key, { entered, error });
    } else {
      const failures = waiting.failures + 1;
      const pause = RETRY_AFTER_MS[Math.min(failures, RETRY_AFTER_MS.length) - 1] ?? 0;
      const failed = { failures, pausedUntilMs: performance.now() + pause, error };
      // It stays before what was entered after it.
      this.#waiting.delete(key);
      this.#waiting = new Map([[key, { ...(newer ?? waiting), ...failed }], ...this.#waiting]);
    }
    this.#hears.failed(entered, error);
  }
}

function bare({ order, path, entry }: Entered): Entered {
  return { order, path, entry };
}

function keyOf({ order, path }: Entered): string {
  return `${order} ${path}`;
}
