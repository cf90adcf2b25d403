import type { Answer, Api } from "../api";
import type { Events } from "../shell/events";
import type { Toasts } from "../shell/toasts.svelte";

type Commands = Pick<Api, "export" | "importDrafts" | "restoreVault" | "cancelMove">;

/** What is being exported or imported: one at a time, wherever its user goes meanwhile. */
export class Moves {
  #says = $state<string | null>(null);
  #percent = $state<number | null>(null);
  #isCancelling = $state(false);
  readonly #api: Commands;
  readonly #toasts: Toasts;

  constructor(api: Commands, events: Events, toasts: Toasts) {
    this.#api = api;
    this.#toasts = toasts;
    events.on((event) => {
      if (event.is !== "moved" || event.bytesTotal <= 0) return;
      this.#percent = Math.min(100, Math.floor((event.bytes / event.bytesTotal) * 100));
    });
  }

  /** What goes on; nothing where nothing does. */
  get says(): string | null {
    return this.#says;
  }

  /** How far it is, in whole percents; nothing while it is not known. */
  get percent(): number | null {
    return this.#percent;
  }

  /** Whether it was asked to stop and has not yet. */
  get isCancelling(): boolean {
    return this.#isCancelling;
  }

  cancel(): void {
    if (this.#isCancelling) return;
    this.#isCancelling = true;
    void this.#api.cancelMove();
  }

  /**
   * Does one. Whoever began it and is gone by its end is told by a toast: `isThere` says whether they are, `done` what came of it.
   */
  async run<T>(
    says: string,
    move: (api: Commands) => Promise<Answer<T>>,
    isThere: () => boolean,
    done: (value: T) => string | null,
  ): Promise<Answer<T>> {
    this.#says = says;
    this.#percent = null;
    this.#isCancelling = false;
    const answer = await move(this.#api);
    this.#says = null;
    if (!isThere()) {
      const told = answer.is === "done" ? done(answer.value) : answer.error.message;
      if (told !== null) this.#toasts.show({ says: told });
    }
    return answer;
  }
}
