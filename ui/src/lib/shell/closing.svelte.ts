import type { Api } from "../api";
import type { Saving } from "./saving.svelte";

/** The end of the window: not before what was typed is on disk, unless the user says so. */
export class Closing {
  #asks = $state(false);
  readonly #answerClose: Api["answerClose"];
  readonly #saving: Pick<Saving, "settleAll">;

  constructor(answerClose: Api["answerClose"], saving: Pick<Saving, "settleAll">) {
    this.#answerClose = answerClose;
    this.#saving = saving;
  }

  /** Whether the user is asked, since something cannot be saved. */
  get asks(): boolean {
    return this.#asks;
  }

  /** Saves what was typed, and lets the window close; or asks. */
  async begin(): Promise<void> {
    if (await this.#saving.settleAll()) await this.#answerClose(true);
    else this.#asks = true;
  }

  answer(close: boolean): void {
    this.#asks = false;
    void this.#answerClose(close);
  }
}
