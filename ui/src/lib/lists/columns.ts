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
  | "changed"
  | "deletes";

/** What is shown as a table of orders. */
export type Listed = OrderList | "trash";

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
  { id: "deletes", label: "Left", figure: true, key: (row) => row.deletesAtMs },
];

const RECEIVED = changedAs("Received", without("finish", "deletes"));
const DRAFTS = without("number", "state", "deletes");
const TRASH = changedAs("Discarded", without("number", "state", "due", "finish", "amount"));

/**
 * The columns of a list: a draft has no number and no state yet, nothing but a draft has things to finish, and what is in the
 * trash has days left.
 */
export function columnsOf(list: Listed): readonly Column[] {
  if (list === "trash") return TRASH;
  return list === "drafts" ? DRAFTS : RECEIVED;
}

function without(...left: ColumnId[]): readonly Column[] {
  return COLUMNS.filter(({ id }) => !left.includes(id));
}

function changedAs(label: string, columns: readonly Column[]): readonly Column[] {
  return columns.map((column) => (column.id === "changed" ? { ...column, label } : column));
}

/** Orders that are worked on come with what is due first; drafts and what is completed with the newest first. */
export function firstSort(list: Listed): Sort {
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
