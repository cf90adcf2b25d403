import type { Events } from "../shell/events";

/** How far an export or import is, in whole percents; nothing while it is not known. */
export class MoveProgress {
  #percent = $state<number | null>(null);
  #isCancelling = $state(false);
  readonly #cancel: () => Promise<unknown>;

  constructor(cancel: () => Promise<unknown>) {
    this.#cancel = cancel;
  }

  get percent(): number | null {
    return this.#percent;
  }

  /** Whether it was asked to stop and has not yet. */
  get isCancelling(): boolean {
    return this.#isCancelling;
  }

  /** Listens until the answered function is called. */
  listen(events: Events): () => void {
    return events.on((event) => {
      if (event.is !== "moved" || event.bytesTotal <= 0) return;
      this.#percent = Math.min(100, Math.floor((event.bytes / event.bytesTotal) * 100));
    });
  }

  begin(): void {
    this.#percent = null;
    this.#isCancelling = false;
  }

  cancel(): void {
    if (this.#isCancelling) return;
    this.#isCancelling = true;
    void this.#cancel();
  }
}
