import type { Api } from "../api";

/** Somebody who goes on typing is told of so often, and no more. */
export const TOUCHES_EVERY_MS = 15_000;

/** Tells the shell that somebody types, clicks or scrolls, so that the vault does not lock meanwhile. */
export class Touches {
  readonly #tell: Api["touched"];
  #toldAtMs = -Infinity;
  #unsaved = false;

  constructor(tell: Api["touched"]) {
    this.#tell = tell;
  }

  touch(): void {
    const now = performance.now();
    if (now - this.#toldAtMs < TOUCHES_EVERY_MS) return;
    this.#toldAtMs = now;
    // When it fails, the vault locks early: nothing is lost.
    void this.#tell(this.#unsaved);
  }

  /** Tells at once whether there is something that could not be saved: locking by itself would lose it. */
  holds(unsaved: boolean): void {
    if (unsaved === this.#unsaved) return;
    this.#unsaved = unsaved;
    this.#toldAtMs = performance.now();
    void this.#tell(unsaved);
  }
}
