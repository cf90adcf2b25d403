import { vi } from "vitest";

import type { OrderListView } from "../lib/bindings/OrderListView";
import type { OrderPageView } from "../lib/bindings/OrderPageView";
import type { OrderQueryView } from "../lib/bindings/OrderQueryView";
import type { OrderRow } from "../lib/bindings/OrderRow";
import { needsYou, STATE_CHIPS } from "../lib/shell/chips";
import { done } from "./window";

const RANKS = Object.keys(STATE_CHIPS);

const KEYS: Record<OrderQueryView["column"], (row: OrderRow) => string | number | null> = {
  number: (row) => row.number,
  service: (row) => row.service,
  caption: (row) => row.caption || null,
  matter: (row) => row.clientMatter,
  subject: (row) => row.subject,
  due: (row) => row.due,
  state: (row) => RANKS.indexOf(row.state),
  finish: (row) => row.toFinish,
  files: (row) => row.files,
  amount: (row) => row.amountCents,
  changed: (row) => row.changedAtMs,
  deletes: (row) => row.deletesAtMs,
};

/** Stands in for the shell's finding and sorting: contained words, plain keys. What it really finds is tested in Rust. */
export function pageOf(rows: readonly OrderRow[], query: OrderQueryView): OrderPageView {
  const words = query.text.toLowerCase().split(/\s+/).filter(Boolean);
  const textOf = (row: OrderRow) =>
    [row.caption, row.subject, row.clientMatter, row.service, row.number, STATE_CHIPS[row.state].says]
      .join("\n")
      .toLowerCase();
  const found = rows
    .filter((row) => query.service === null || row.service === query.service)
    .filter((row) => query.state === null || row.state === query.state)
    .filter((row) => words.every((word) => textOf(row).includes(word)))
    .toSorted((one, other) => {
      const [a, b] = [KEYS[query.column](one), KEYS[query.column](other)];
      if (a === null || b === null) return (a === null ? 1 : 0) - (b === null ? 1 : 0);
      const turn = query.descending ? -1 : 1;
      return turn * (a < b ? -1 : a > b ? 1 : 0);
    });
  const place = found.findIndex(({ order }) => order === query.at);
  return {
    total: rows.length,
    found: found.length,
    asking: found.filter(({ state }) => needsYou(state)).length,
    from: query.from,
    rows: found.slice(query.from, query.from + query.rows),
    place: place < 0 ? null : place,
    services: [...new Set(rows.map(({ service }) => service))],
    states: [...new Set(rows.map(({ state }) => state))],
  };
}

/** Answers `orders` with what is in each list at the time. */
export const listing = (of: readonly OrderRow[] | ((list: OrderListView) => readonly OrderRow[])) =>
  vi.fn((list: OrderListView, query: OrderQueryView) =>
    Promise.resolve(done(pageOf(typeof of === "function" ? of(list) : of, query))),
  );
