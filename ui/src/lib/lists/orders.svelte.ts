import type { Answer } from "../api";
import type { OrderRow } from "../bindings/OrderRow";
import type { UiError } from "../bindings/UiError";
import { firstSort, sorted, sortedBy, type ColumnId, type Listed, type Sort } from "./columns";
import { searchOf } from "./search";

export type OrdersState =
  { is: "waiting" } | { is: "failed"; error: UiError } | { is: "there"; rows: readonly OrderRow[] };

/** The orders of one list as they are searched, sorted and walked through. */
export class Orders {
  query = $state("");
  #state = $state.raw<OrdersState>({ is: "waiting" });
  #sort = $state.raw<Sort>({ column: "changed", direction: "descending" });
  #at = $state.raw<string | null>(null);
  // Where the current order was last, for when it is not there any more.
  #lastPlace = 0;
  #asked = 0;
  readonly #read: () => Promise<Answer<OrderRow[]>>;

  readonly #sorted = $derived(this.#state.is === "there" ? sorted(this.#state.rows, this.#sort) : []);
  readonly #search = $derived(searchOf(this.#sorted));
  readonly #found = $derived(this.#search(this.query));
  readonly #place = $derived(this.#placeOf(this.#at));

  constructor(read: () => Promise<Answer<OrderRow[]>>, list: Listed) {
    this.#read = read;
    this.#sort = firstSort(list);
  }

  get state(): OrdersState {
    return this.#state;
  }

  get sort(): Sort {
    return this.#sort;
  }

  /** How many there are, found or not. */
  get count(): number {
    return this.#sorted.length;
  }

  get found(): readonly OrderRow[] {
    return this.#found;
  }

  /** The place of the current order among the found ones; -1 where nothing is found. */
  get place(): number {
    return this.#place;
  }

  get current(): OrderRow | null {
    return this.#found[this.#place] ?? null;
  }

  goTo(place: number): void {
    this.#at = this.#found[place]?.order ?? null;
    this.#lastPlace = place;
  }

  goToOrder(order: string): void {
    this.#at = order;
  }

  sortBy(column: ColumnId): void {
    this.#sort = sortedBy(this.#sort, column);
  }

  /** Reads the list. What is shown stays until the answer is there. */
  async load(): Promise<void> {
    const asked = ++this.#asked;
    if (this.#state.is === "failed") this.#state = { is: "waiting" };
    const answer = await this.#read();
    if (asked !== this.#asked) return;
    this.#lastPlace = Math.max(0, this.#place);
    this.#state =
      answer.is === "done" ? { is: "there", rows: answer.value } : { is: "failed", error: answer.error };
  }

  /** Takes an order off the list, before the list is read again. */
  leaveOut(order: string): void {
    if (this.#state.is !== "there") return;
    this.#lastPlace = Math.max(0, this.#place);
    this.#state = { is: "there", rows: this.#state.rows.filter((row) => row.order !== order) };
  }

  #placeOf(order: string | null): number {
    const place = this.#found.findIndex((row) => row.order === order);
    return place >= 0 ? place : Math.min(this.#lastPlace, this.#found.length - 1);
  }
}
