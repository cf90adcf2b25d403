/** The lists of orders, in the order of the rail. */
export const ORDER_LISTS = ["drafts", "outbox", "active", "completed"] as const;

export type OrderList = (typeof ORDER_LISTS)[number];

/** The views of one order. */
export type OrderView = "form" | "review" | "versions";

/** The views that the rail leads to. */
const RAIL_VIEWS = [...ORDER_LISTS, "new-order", "settings"] as const;

export type RailView = (typeof RAIL_VIEWS)[number];

/** The views that are of no order. The last ones are reached from others only. */
export type View = RailView | "trash" | "recovery-kit";

/**
 * Where one can be. `at` is what takes the focus: the path of an answer in a form, an order in a list. A form that is new
 * takes it to its first field.
 */
export type Place =
  { view: View; at?: string } | { view: OrderView; order: string; at?: string; isNew?: true };

export const TITLES: Record<View, string> = {
  drafts: "Drafts",
  outbox: "Outbox",
  active: "Active",
  completed: "Completed",
  "new-order": "New order",
  settings: "Settings",
  trash: "Trash",
  "recovery-kit": "Recovery kit",
};

export const FIRST_VIEW: RailView = "active";

/** How far Esc can go back; older steps are forgotten. */
export const STEPS_MAX = 50;

/** Where the user is, and the way back. */
export class Navigation {
  #steps = $state.raw<readonly Place[]>([]);
  #place = $state.raw<Place>({ view: FIRST_VIEW });
  #arrivals = $state(0);

  get place(): Place {
    return this.#place;
  }

  /** The view of the rail that one is at, or came from to the order that is open. */
  get railView(): RailView {
    const back = [...this.#steps, this.#place].reverse();
    return back.find(isOfRail)?.view ?? FIRST_VIEW;
  }

  /** Counts every arrival, also at the view that is open: focus goes to the heading each time. */
  get arrivals(): number {
    return this.#arrivals;
  }

  get canGoBack(): boolean {
    return this.#steps.length > 0;
  }

  /** Goes to a view of the rail; to an order of it, where one is given. */
  go(view: View, at?: string): void {
    this.#go(at === undefined ? { view } : { view, at });
  }

  /** Goes to a view of an order; to a field of its form, where a path is given. */
  open(view: OrderView, order: string, at?: string): void {
    this.#go(at === undefined ? { view, order } : { view, order, at });
  }

  /** Goes on to an order that was made here: the way back leads to the drafts, not to making another. */
  openMade(order: string): void {
    this.#steps = [...this.#steps, { view: "drafts" } as const].slice(-STEPS_MAX);
    this.#arrive({ view: "form", order, isNew: true });
  }

  /** Is at a view from the start on: nobody went there, so there is no way back and focus stays. */
  begin(view: View): void {
    if (this.#arrivals === 0) this.#place = { view };
  }

  /** Goes back to a view of an order if one came from there, else on to it. */
  return(view: OrderView, order: string): void {
    const previous = this.#steps.at(-1);
    if (previous && isSame(previous, { view, order })) this.back();
    else this.open(view, order);
  }

  /** Forgets an order that is not there any more: no step back leads to it. */
  forget(order: string): void {
    this.#steps = this.#steps.filter((place) => orderOf(place) !== order);
  }

  back(): void {
    const previous = this.#steps.at(-1);
    if (previous === undefined) return;
    this.#steps = this.#steps.slice(0, -1);
    this.#arrive(previous);
  }

  #go(place: Place): void {
    if (!isSame(place, this.#place)) this.#steps = [...this.#steps, left(this.#place)].slice(-STEPS_MAX);
    this.#arrive(place);
  }

  #arrive(place: Place): void {
    this.#place = place;
    this.#arrivals += 1;
  }
}

/** A place as one comes back to it: nothing in it is new any more. */
function left(place: Place): Place {
  if (!("order" in place)) return { view: place.view };
  const { view, order, at } = place;
  return at === undefined ? { view, order } : { view, order, at };
}

function isOfRail(place: Place): place is { view: RailView } {
  return (RAIL_VIEWS as readonly string[]).includes(place.view);
}

function isSame(one: Place, other: Place): boolean {
  return one.view === other.view && orderOf(one) === orderOf(other);
}

function orderOf(place: Place): string | null {
  return "order" in place ? place.order : null;
}
