/* eslint-disable svelte/prefer-svelte-reactivity -- what is only looked up is not drawn */
import { SvelteMap } from "svelte/reactivity";

import type { Api } from "../api";
import type { OutboxItemView } from "../bindings/OutboxItemView";
import type { ShellEvent } from "../bindings/ShellEvent";
import type { UiError } from "../bindings/UiError";
import { needsPerson } from "./words";

type OutboxState = { is: "waiting" } | { is: "failed"; error: UiError } | { is: "there" };

/** The orders on their way, kept as they are told: an order that moves on changes nothing but itself. */
export class Outbox {
  readonly #items = new SvelteMap<string, OutboxItemView>();
  #orders = $state.raw<readonly string[]>([]);
  #state = $state.raw<OutboxState>({ is: "waiting" });
  #at = $state.raw<string | null>(null);
  #asked = 0;
  /** Orders of which something was told since the list was last asked for. */
  readonly #heard = new Set<string>();
  #outbox: Api["outbox"];
  #left: (order: string) => void;

  /** `left` is told of each order that is not on its way any more. */
  constructor(outbox: Api["outbox"], left: (order: string) => void = () => undefined) {
    this.#outbox = outbox;
    this.#left = left;
  }

  get state(): OutboxState {
    return this.#state;
  }

  /** The orders: who needs somebody first, then as they were submitted. */
  get orders(): readonly string[] {
    return this.#orders;
  }

  get all(): readonly OutboxItemView[] {
    return this.#orders.flatMap((order) => this.#items.get(order) ?? []);
  }

  /** The order that the arrow keys are at; the first where that one is gone. */
  get at(): string | null {
    return this.#at !== null && this.#orders.includes(this.#at) ? this.#at : (this.#orders[0] ?? null);
  }

  /** Whether something cannot be sent because there is no connection. */
  get isOffline(): boolean {
    return this.all.some(({ state }) => state.is === "waiting" && state.why === "offline");
  }

  item(order: string): OutboxItemView | null {
    return this.#items.get(order) ?? null;
  }

  goTo(order: string): void {
    this.#at = order;
  }

  /** Goes on by so many orders, and no further than the ends. */
  step(by: number): void {
    const place = this.#orders.indexOf(this.at ?? "") + by;
    this.#at = this.#orders[Math.min(Math.max(place, 0), this.#orders.length - 1)] ?? null;
  }

  /** Reads the list. What is shown stays until the answer is there. */
  async load(): Promise<void> {
    const asked = ++this.#asked;
    this.#heard.clear();
    if (this.#state.is === "failed") this.#state = { is: "waiting" };
    const answer = await this.#outbox();
    if (asked !== this.#asked) return;
    if (answer.is === "failed") {
      this.#state = { is: "failed", error: answer.error };
      return;
    }
    const there = new Set(answer.value.map(({ order }) => order));
    const gone = [...this.#items.keys()].filter((order) => !there.has(order));
    for (const order of gone) this.#items.delete(order);
    for (const item of answer.value) {
      // Each change is told, so what was heard meanwhile is at least as new, or is followed by what is.
      if (!this.#heard.has(item.order) || !this.#items.has(item.order)) this.#items.set(item.order, item);
    }
    this.#state = { is: "there" };
    this.#sort();
    for (const order of gone) this.#left(order);
  }

  hear(event: ShellEvent): void {
    if (event.is === "outbox") this.#put(event.item);
    // An order that no driver holds yet says by the connection why it waits.
    if (event.is === "lists" || event.is === "connection") void this.load();
  }

  /** Takes an order off the list, before the list is read again. */
  leaveOut(order: string): void {
    this.#follow(order);
    this.#items.delete(order);
    this.#sort();
  }

  #put(item: OutboxItemView): void {
    // One that is not listed came, or is gone and this comes late: the list knows which.
    if (!this.#items.has(item.order)) {
      void this.load();
      return;
    }
    this.#heard.add(item.order);
    this.#items.set(item.order, item);
    this.#sort();
  }

  #sort(): void {
    const sorted = [...this.#items.values()]
      .sort(
        (one, other) =>
          Number(needsPerson(other.state)) - Number(needsPerson(one.state)) ||
          one.submittedAtMs - other.submittedAtMs ||
          (one.order < other.order ? -1 : 1),
      )
      .map(({ order }) => order);
    if (sorted.join() === this.#orders.join()) return;
    const at = this.#at;
    if (at !== null && !sorted.includes(at)) this.#follow(at);
    this.#orders = sorted;
  }

  /** The order after one that goes becomes the current one. */
  #follow(order: string): void {
    if (this.at !== order) return;
    const place = this.#orders.indexOf(order);
    const next = this.#orders.slice(place + 1).find((one) => this.#items.has(one));
    this.#at =
      next ?? this.#orders.slice(0, Math.max(place, 0)).findLast((one) => this.#items.has(one)) ?? null;
  }
}
