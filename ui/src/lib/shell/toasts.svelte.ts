/** How long a toast stays, while nobody points at it or has the focus in it. */
export const TOAST_MS = 10_000;

/** How many toasts wait for the one that is shown; older ones are forgotten. */
export const WAITING_MAX = 5;

export type Toast = {
  says: string;
  /** Takes back what was done, and puts the focus where the thing is again. */
  undo?: () => void | Promise<void>;
  /** A way on from what was done. */
  action?: { label: string; act: () => void };
};

/** What was just done, and can be taken back for a while. A new toast takes the place of the one before. */
export class Toasts {
  #shown = $state.raw<Toast | null>(null);
  #waiting: Toast[] = [];
  #leftMs = 0;
  #runsSinceMs: number | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  get shown(): Toast | null {
    return this.#shown;
  }

  show(toast: Toast): void {
    this.#stop();
    this.#shown = toast;
    this.#leftMs = TOAST_MS;
    this.resume();
  }

  /** Shows a toast once nothing else is shown: what nobody did here takes no Undo away. */
  follow(toast: Toast): void {
    if (this.#shown) this.#waiting = [...this.#waiting, toast].slice(-WAITING_MAX);
    else this.show(toast);
  }

  close(): void {
    this.#stop();
    this.#shown = null;
    const next = this.#waiting.shift();
    if (next) this.show(next);
  }

  async undo(): Promise<void> {
    const toast = this.#shown;
    if (!toast?.undo) return;
    this.close();
    await toast.undo();
  }

  /** Stops the time: somebody reads or points. */
  pause(): void {
    if (this.#runsSinceMs === null) return;
    this.#leftMs -= performance.now() - this.#runsSinceMs;
    this.#stop();
  }

  resume(): void {
    if (!this.#shown || this.#runsSinceMs !== null) return;
    this.#runsSinceMs = performance.now();
    this.#timer = setTimeout(() => {
      this.close();
    }, this.#leftMs);
  }

  #stop(): void {
    clearTimeout(this.#timer);
    this.#runsSinceMs = null;
  }
}
