import type { Answer, Api } from "../api";
import type { Saving } from "./saving.svelte";

/** How the window ends: it closes, or is locked and shows nothing. */
export type Ending = "close" | "lock";

type Settles = Pick<Saving, "settleAll">;

/** The end of the window: not before what was typed is on disk, unless the user says so. */
export class Closing {
  #asks = $state<Ending | null>(null);
  readonly #saving: Settles;
  readonly #answerClose: Api["answerClose"];
  readonly #lockVault: Api["lockVault"];
  readonly #notLocked: (why: string) => void;

  /** `notLocked` is told why the vault could not be locked. */
  constructor(
    { answerClose, lockVault }: Pick<Api, "answerClose" | "lockVault">,
    saving: Settles,
    notLocked: (why: string) => void = () => undefined,
  ) {
    this.#answerClose = answerClose;
    this.#lockVault = lockVault;
    this.#saving = saving;
    this.#notLocked = notLocked;
  }

  /** What the user is asked about, since something cannot be saved. */
  get asks(): Ending | null {
    return this.#asks;
  }

  /** Saves what was typed, and lets the window close or locks it; or asks. */
  async begin(ending: Ending): Promise<void> {
    if (!(await this.#saving.settleAll())) this.#asks = ending;
    else await this.#end(ending);
  }

  answer(goesOn: boolean): void {
    const ending = this.#asks;
    this.#asks = null;
    if (goesOn && ending !== null) void this.#end(ending);
    else if (ending === "close") void this.#answerClose(false);
  }

  async #end(ending: Ending): Promise<void> {
    const answer: Answer<null> = ending === "close" ? await this.#answerClose(true) : await this.#lockVault();
    if (ending === "lock" && answer.is === "failed") this.#notLocked(answer.error.message);
  }
}
