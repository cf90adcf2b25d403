import type { OrderRow } from "../bindings/OrderRow";
import { rankOf } from "../shell/chips";
import type { OrderList } from "../shell/navigation.svelte";

export type ColumnId =
  | "number"
  | "service"
  | "caption"
  | "matter"
  | "subject"
  | "due"
  | "state"
  | "finish"
  | "files"
  | "amount"
  | "changed";

export type Sort = { column: ColumnId; direction: "ascending" | "descending" };

type Column = {
  id: ColumnId;
  label: string;
  figure: boolean;
  key: (row: OrderRow) => string | number | null;
};

const COLUMNS: readonly Column[] = [
  { id: "number", label: "Order no.", figure: false, key: (row) => row.number },
  { id: "service", label: "Service", figure: false, key: (row) => row.service },
  { id: "caption", label: "Caption", figure: false, key: (row) => row.caption || null },
  { id: "matter", label: "Client-matter", figure: false, key: (row) => row.clientMatter },
  { id: "subject", label: "Subject", figure: false, key: (row) => row.subject },
  { id: "due", label: "Due", figure: false, key: (row) => row.due },
  { id: "state", label: "Status", figure: false, key: (row) => rankOf(row.state) },
  { id: "finish", label: "To finish", figure: true, key: (row) => row.toFinish },
  { id: "files", label: "Files", figure: true, key: (row) => row.files },
  { id: "amount", label: "Amount", figure: true, key: (row) => row.amountCents },
  { id: "changed", label: "Changed", figure: true, key: (row) => row.changedAtMs },
];

const RECEIVED = COLUMNS.filter(({ id }) => id !== "finish").map((column) =>
  column.id === "changed" ? { ...column, label: "Received" } : column,
);
const NOT_OF_DRAFTS: readonly ColumnId[] = ["number", "state"];
const DRAFTS = COLUMNS.filter(({ id }) => !NOT_OF_DRAFTS.includes(id));

/** The columns of a list: a draft has no number and no state yet, and nothing but a draft has things to finish. */
export function columnsOf(list: OrderList): readonly Column[] {
  return list === "drafts" ? DRAFTS : RECEIVED;
}

/** Orders that are worked on come with what is due first; drafts and what is completed with the newest first. */
export function firstSort(list: OrderList): Sort {
  return list === "active"
    ? { column: "due", direction: "ascending" }
    : { column: "changed", direction: "descending" };
}

/** What a click on a head makes of the sort: the same column the other way, another one from its start. */
export function sortedBy(sort: Sort, column: ColumnId): Sort {
  if (sort.column !== column) return { column, direction: column === "changed" ? "descending" : "ascending" };
  return { column, direction: sort.direction === "ascending" ? "descending" : "ascending" };
}

const collator = new Intl.Collator("en-US", { numeric: true, sensitivity: "base" });

/** Sorts rows into a new list. Rows without the answer come last either way; equals stay in their order. */
export function sorted(rows: readonly OrderRow[], { column, direction }: Sort): readonly OrderRow[] {
  const key = COLUMNS.find(({ id }) => id === column)?.key;
  if (!key) return rows;
  const turn = direction === "ascending" ? 1 : -1;
  return rows.toSorted((one, other) => {
    const [a, b] = [key(one), key(other)];
    if (a === null || b === null) return (a === null ? 1 : 0) - (b === null ? 1 : 0);
    if (typeof a === "number" && typeof b === "number") return turn * (a - b);
    return turn * collator.compare(String(a), String(b));
  });
}
