import type { Api } from "../api";
import type { VaultStateView } from "../bindings/VaultStateView";

/** The ways into the open vault: what opens it, and whether a recovery kit does. */
export class Ways {
  #known = $state.raw<VaultStateView | null>(null);
  #isPutOff = $state(false);
  #ask: Api["vaultState"];

  constructor(ask: Api["vaultState"]) {
    this.#ask = ask;
  }

  /** Nothing while it is not known. */
  get known(): Pick<VaultStateView, "way" | "hasKit" | "restoredFromMs"> | null {
    return this.#known;
  }

  /** Whether the user is to be told to make a recovery kit. */
  get isKitDue(): boolean {
    return this.#known !== null && !this.#known.hasKit && !this.#isPutOff;
  }

  /** Says nothing of the recovery kit until Satchel starts again. */
  putOff(): void {
    this.#isPutOff = true;
  }

  /** Asks anew. Where that fails, what was known stays. */
  async load(): Promise<void> {
    const answer = await this.#ask();
    if (answer.is === "done") this.#known = answer.value;
  }
}
