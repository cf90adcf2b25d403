import { isTooShort, PASSPHRASE_CHARACTERS_MIN } from "./passphrase";

type Wrong = { field: "passphrase" | "again"; says: string };

/** A passphrase that is being chosen: typed twice, and forgotten once it was used. */
export class Chosen {
  passphrase = $state("");
  again = $state("");
  #wrong = $state.raw<Wrong | null>(null);

  get wrong(): Wrong | null {
    return this.#wrong;
  }

  /** Tells whether it can be used; what is wrong is said at its field. */
  check(): boolean {
    this.#wrong = wrongOf(this.passphrase, this.again);
    return this.#wrong === null;
  }

  /** Says what the vault has against it. */
  refuse(says: string): void {
    this.#wrong = { field: "passphrase", says };
  }

  clear(): void {
    this.passphrase = this.again = "";
    this.#wrong = null;
  }
}

function wrongOf(passphrase: string, again: string): Wrong | null {
  if (isTooShort(passphrase)) {
    return {
      field: "passphrase",
      says: `Choose one of at least ${PASSPHRASE_CHARACTERS_MIN} characters, then type it again.`,
    };
  }
  if (passphrase !== again) {
    return { field: "again", says: "This is not the same passphrase. Type it once more." };
  }
  return null;
}
