import type { OrderPageView } from "../bindings/OrderPageView";
import type { OrderQueryView } from "../bindings/OrderQueryView";

/** What is known of a list: how many orders it has, and the rows of a stretch of it. */
export type Page = Pick<
  OrderPageView,
  "total" | "found" | "asking" | "from" | "rows" | "services" | "states"
>;

/** Asks how many orders a list has, and for none of them. */
export const NO_ROWS: OrderQueryView = {
  text: "",
  service: null,
  state: null,
  column: "changed",
  descending: true,
  from: 0,
  rows: 0,
  at: null,
};

export const NO_PAGE: Page = { total: 0, found: 0, asking: 0, from: 0, rows: [], services: [], states: [] };

/** Tells whether two questions look for the same orders in the same order, whichever rows they want. */
export function isSameSearch(one: OrderQueryView, other: OrderQueryView): boolean {
  const keys = ["text", "service", "state", "column", "descending"] as const;
  return keys.every((key) => one[key] === other[key]);
}
