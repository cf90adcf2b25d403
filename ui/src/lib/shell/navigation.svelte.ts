/** The lists of orders, in the order of the rail. */
export const ORDER_LISTS = ["drafts", "outbox", "active", "completed"] as const;

export type OrderList = (typeof ORDER_LISTS)[number];

export type View = OrderList | "new-order" | "settings";

export const TITLES: Record<View, string> = {
  drafts: "Drafts",
  outbox: "Outbox",
  active: "Active",
  completed: "Completed",
  "new-order": "New order",
  settings: "Settings",
};

export const FIRST_VIEW: View = "active";

/** How far Esc can go back; older steps are forgotten. */
export const STEPS_MAX = 50;

/** Where the user is, and the way back. */
export class Navigation {
  #steps = $state.raw<readonly View[]>([]);
  #view = $state<View>(FIRST_VIEW);
  #arrivals = $state(0);

  get view(): View {
    return this.#view;
  }

  get title(): string {
    return TITLES[this.#view];
  }

  /** Counts every arrival, also at the view that is open: focus goes to the heading each time. */
  get arrivals(): number {
    return this.#arrivals;
  }

  get canGoBack(): boolean {
    return this.#steps.length > 0;
  }

  go(view: View): void {
    if (view !== this.#view) this.#steps = [...this.#steps, this.#view].slice(-STEPS_MAX);
    this.#arrive(view);
  }

  back(): void {
    const previous = this.#steps.at(-1);
    if (previous === undefined) return;
    this.#steps = this.#steps.slice(0, -1);
    this.#arrive(previous);
  }

  #arrive(view: View): void {
    this.#view = view;
    this.#arrivals += 1;
  }
}
