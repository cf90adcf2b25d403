import type { Api } from "../api";
import type { CountsView } from "../bindings/CountsView";

/** How many orders each list has. */
export class Counts {
  #known = $state.raw<CountsView | null>(null);
  #asked = 0;
  #counts: Api["counts"];

  constructor(counts: Api["counts"]) {
    this.#counts = counts;
  }

  /** Nothing while they are not known. */
  get known(): CountsView | null {
    return this.#known;
  }

  /** Counts anew. Where that fails, the last counts stay: the list itself says what went wrong. */
  async reload(): Promise<void> {
    const asked = ++this.#asked;
    const answer = await this.#counts();
    // An older answer that comes late says nothing any more.
    if (answer.is === "done" && asked === this.#asked) this.#known = answer.value;
  }
}
