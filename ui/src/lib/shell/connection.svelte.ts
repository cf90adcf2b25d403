import type { Api } from "../api";
import type { ConnectionView } from "../bindings/ConnectionView";

type Bound = Extract<ConnectionView, { is: "bound" }>;

/** The provider, as far as this computer is connected with one. */
export class Connection {
  #known = $state.raw<ConnectionView | null>(null);
  #heard = 0;
  #ask: Api["connection"];

  constructor(ask: Api["connection"]) {
    this.#ask = ask;
  }

  /** Nothing while it is not known. */
  get known(): ConnectionView | null {
    return this.#known;
  }

  /** The provider and the firm, once the provider's keys are verified. */
  get bound(): Bound | null {
    return this.#known?.is === "bound" ? this.#known : null;
  }

  async load(): Promise<void> {
    const heard = this.#heard;
    const answer = await this.#ask();
    // What was told meanwhile is newer.
    if (answer.is === "done" && heard === this.#heard) this.#known = answer.value;
  }

  hear(connection: ConnectionView): void {
    this.#heard += 1;
    this.#known = connection;
  }
}
