import { SvelteMap } from "svelte/reactivity";

import type { Answer, Api } from "../api";
import type { UiError } from "../bindings/UiError";

/** What did not come to pass, and why. */
export type Failure = { what: string; error: UiError; safe: string };

/** What became of a returned document that was to be saved. */
export type Save = { is: "saving" } | { is: "saved"; atMs: number } | { is: "failed"; error: UiError };

type Calls = Pick<Api, "payOrder" | "checkOrder" | "saveReturned">;

/** What is asked of the shell for one received order. How the order stands then is for the shell to say. */
export class OrderCalls {
  #isPaying = $state(false);
  #isChecking = $state(false);
  #isSilent = $state(false);
  #failure = $state.raw<Failure | null>(null);
  readonly #saves = new SvelteMap<number, Save>();
  readonly #api: Calls;
  readonly #order: string;

  constructor(api: Calls, order: string) {
    this.#api = api;
    this.#order = order;
  }

  get isPaying(): boolean {
    return this.#isPaying;
  }

  /** Whether the user waits for an answer. */
  get isChecking(): boolean {
    return this.#isChecking;
  }

  /** Whether the provider did not answer when it was asked in the background. */
  get isSilent(): boolean {
    return this.#isSilent;
  }

  get failure(): Failure | null {
    return this.#failure;
  }

  save(number: number): Save | null {
    return this.#saves.get(number) ?? null;
  }

  /** Opens the payment page. */
  async pay(): Promise<void> {
    if (this.#isPaying) return;
    this.#isPaying = true;
    this.#failure = null;
    const answer = await this.#api.payOrder(this.#order);
    this.#isPaying = false;
    this.#failure = failureOf(
      answer,
      "The payment page was not opened.",
      "Trying again cannot charge twice.",
    );
  }

  /** Asks the provider because the user wants to know; answers whether it answered. */
  async check(): Promise<boolean> {
    if (this.#isChecking) return false;
    this.#isChecking = true;
    this.#failure = null;
    const answer = await this.#api.checkOrder(this.#order);
    this.#isChecking = false;
    this.#isSilent = false;
    this.#failure = failureOf(answer, "Nothing new was heard.", "What stands here is what was heard last.");
    return answer.is === "done";
  }

  /** Asks the provider without being asked to: that it does not answer is no failure then. */
  async look(): Promise<void> {
    const answer = await this.#api.checkOrder(this.#order);
    this.#isSilent = answer.is === "failed" && answer.error.code === "offline";
    if (this.#isSilent || this.#isChecking) return;
    this.#failure ??= failureOf(answer, "Nothing new was heard.", "What stands here is what was heard last.");
  }

  /** The provider was heard. */
  heard(): void {
    this.#isSilent = false;
  }

  /** Lets a returned document be saved; answers whether it was. */
  async saveReturned(number: number): Promise<boolean> {
    const before = this.save(number);
    if (before?.is === "saving") return false;
    this.#saves.set(number, { is: "saving" });
    const answer = await this.#api.saveReturned(this.#order, number);
    if (answer.is === "failed") this.#saves.set(number, { is: "failed", error: answer.error });
    else if (answer.value) this.#saves.set(number, { is: "saved", atMs: Date.now() });
    // Nothing was picked: it is as it was.
    else if (before?.is === "saved") this.#saves.set(number, before);
    else this.#saves.delete(number);
    return answer.is === "done" && answer.value;
  }
}

function failureOf(answer: Answer<unknown>, what: string, safe: string): Failure | null {
  return answer.is === "failed" ? { what, error: answer.error, safe } : null;
}
