import type { Answer } from "../api";
import type { OrderPageView } from "../bindings/OrderPageView";
import type { OrderQueryView } from "../bindings/OrderQueryView";
import type { OrderRow } from "../bindings/OrderRow";
import type { OrderStateView } from "../bindings/OrderStateView";
import type { UiError } from "../bindings/UiError";
import { firstSort, sortedBy, type ColumnId, type Listed, type Sort } from "./columns";
import { oneAtATime } from "./oneAtATime";
import { isSameSearch, NO_PAGE, type Page } from "./page";

/** How many rows are asked for at once, and how many of them before what is seen. */
const ROWS_ASKED = 200;
const ROWS_BEFORE = 60;

export type OrdersState = { is: "waiting" } | { is: "failed"; error: UiError } | { is: "there" };

/** The orders of one list as they are searched, sorted and walked through. The shell finds and sorts; the rows near what is seen are here. */
export class Orders {
  #query = $state("");
  #service = $state.raw<string | null>(null);
  #stateAsked = $state.raw<OrderStateView | null>(null);
  #sort = $state.raw<Sort>({ column: "changed", direction: "descending" });
  #state = $state.raw<OrdersState>({ is: "waiting" });
  #page = $state.raw<Page>(NO_PAGE);
  /** The words that were looked for, to be marked in the rows. */
  #lookedFor = $state.raw("");
  #place = $state(0);
  #current = $state.raw<OrderRow | null>(null);
  // The order that was chosen: it stays the current one wherever it stands. The one that is gone to may be on its way.
  #at: string | null = null;
  #isComing = false;
  #seenFrom = 0;
  readonly #read: (query: OrderQueryView) => Promise<Answer<OrderPageView>>;
  readonly #readAgain = oneAtATime((isOutdated) => this.#readOnce(isOutdated));
  #asking = Promise.resolve();

  constructor(read: (query: OrderQueryView) => Promise<Answer<OrderPageView>>, list: Listed) {
    this.#read = read;
    this.#sort = firstSort(list);
  }

  get state(): OrdersState {
    return this.#state;
  }

  get query(): string {
    return this.#query;
  }

  set query(query: string) {
    this.#query = query;
    void this.load();
  }

  get service(): string | null {
    return this.#service;
  }

  set service(service: string | null) {
    this.#service = service;
    void this.load();
  }

  get stateAsked(): OrderStateView | null {
    return this.#stateAsked;
  }

  set stateAsked(state: OrderStateView | null) {
    this.#stateAsked = state;
    void this.load();
  }

  /** Whether not all orders of the list are asked for. */
  get isNarrowed(): boolean {
    return this.#query.trim() !== "" || this.#service !== null || this.#stateAsked !== null;
  }

  get lookedFor(): string {
    return this.#lookedFor;
  }

  get sort(): Sort {
    return this.#sort;
  }

  /** How many there are, found or not. */
  get count(): number {
    return this.#page.total;
  }

  /** How many were found. */
  get found(): number {
    return this.#page.found;
  }

  /** How many of those that were found need somebody. */
  get needing(): number {
    return this.#page.asking;
  }

  get services(): readonly string[] {
    return this.#page.services;
  }

  get states(): readonly OrderStateView[] {
    return this.#page.states;
  }

  /** The place of the current order among the found ones; -1 where nothing is found. */
  get place(): number {
    return this.found === 0 ? -1 : this.#place;
  }

  get current(): OrderRow | null {
    return this.#current;
  }

  /** The row at a place; nothing where it is on its way. */
  row(place: number): OrderRow | null {
    if (place === this.place && this.#current) return this.#current;
    return this.#page.rows[place - this.#page.from] ?? null;
  }

  /** Asks for everything anew, without words and filters. */
  clear(): void {
    this.#query = "";
    this.#service = null;
    this.#stateAsked = null;
    void this.load();
  }

  goTo(place: number): void {
    this.#place = place;
    this.#current = this.#page.rows[place - this.#page.from] ?? null;
    this.#at = this.#current?.order ?? null;
    this.#isComing = this.#current === null;
    if (this.#isComing) void this.#ask();
  }

  /** Makes an order the current one once the list is read. */
  async goToOrder(order: string): Promise<void> {
    this.#at = order;
    this.#isComing = false;
    await this.load();
  }

  sortBy(column: ColumnId): void {
    this.#sort = sortedBy(this.#sort, column);
    void this.load();
  }

  /** Hears which rows are seen, and asks for those that are not here. */
  see(from: number, to: number): void {
    this.#seenFrom = from;
    const { from: first, rows } = this.#page;
    if (from >= first && Math.min(to, this.found) <= first + rows.length) return;
    // Whoever scrolls away from the current order comes back to it.
    this.#at ??= this.#current?.order ?? null;
    void this.#ask();
  }

  /** Reads the list. What is shown stays until the answer is there. */
  load(): Promise<void> {
    if (this.#state.is === "failed") this.#state = { is: "waiting" };
    return this.#ask();
  }

  /** Takes an order off the list, before the list is read again. */
  leaveOut(order: string): void {
    const { from, rows, total, found } = this.#page;
    const index = rows.findIndex((row) => row.order === order);
    if (index < 0 && this.#current?.order !== order) return;
    const left = index < 0 ? rows : rows.toSpliced(index, 1);
    this.#page = { ...this.#page, rows: left, total: total - 1, found: found - 1 };
    if (index >= 0 && from + index < this.#place) this.#place -= 1;
    this.#stay(null);
    if (!this.#current && this.found > 0) void this.#ask();
  }

  /** Waits until what is shown is what was asked for last. */
  settled(): Promise<void> {
    return this.#asking;
  }

  #ask(): Promise<void> {
    this.#asking = this.#readAgain();
    return this.#asking;
  }

  async #readOnce(isOutdated: () => boolean): Promise<void> {
    for (const aroundCurrent of [this.#isComing, true]) {
      const query = this.#wanted(aroundCurrent);
      const answer = await this.#read(query);
      // Rows of what is still looked for are worth showing, also where others are wanted by now.
      if (isOutdated() && !isSameSearch(query, this.#wanted(false))) return;
      if (answer.is === "failed") {
        this.#state = { is: "failed", error: answer.error };
        return;
      }
      this.#page = answer.value;
      this.#lookedFor = query.text;
      this.#stay(this.#placeIn(answer.value, query.at));
      this.#state = { is: "there" };
      // Where the current order stands far from the rows that were asked for, they are asked for once more.
      if (this.found === 0 || (this.#current && answer.value.rows.length > 0)) return;
    }
  }

  /** Where the chosen order stands: what was answered, unless another one was chosen meanwhile. */
  #placeIn({ from, rows, place }: OrderPageView, asked: string | null): number | null {
    if (asked === this.#at) return place;
    const index = rows.findIndex(({ order }) => order === this.#at);
    void this.#ask();
    return index < 0 ? null : from + index;
  }

  #wanted(aroundCurrent: boolean): OrderQueryView {
    const first = aroundCurrent ? this.#place : this.#seenFrom;
    return {
      text: this.#query,
      service: this.#service,
      state: this.#stateAsked,
      column: this.#sort.column,
      descending: this.#sort.direction === "descending",
      from: Math.max(0, first - ROWS_BEFORE),
      rows: ROWS_ASKED,
      at: this.#at,
    };
  }

  /** Keeps the current order, or makes what now stands in its place the current one. */
  #stay(place: number | null): void {
    this.#place = Math.max(0, Math.min(place ?? this.#place, this.found - 1));
    const there = this.#page.rows[this.#place - this.#page.from] ?? null;
    // An order that stands elsewhere keeps the row that was last known of it.
    const isKept = place !== null && this.#current?.order === this.#at;
    if (there || !isKept) this.#current = there;
    if (this.#isComing && there) {
      this.#at = there.order;
      this.#isComing = false;
    }
  }
}
