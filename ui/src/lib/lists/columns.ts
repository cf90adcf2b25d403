import type { OrderColumnView } from "../bindings/OrderColumnView";
import type { OrderList } from "../shell/navigation.svelte";

export type ColumnId = OrderColumnView;

/** What is shown as a table of orders. */
export type Listed = OrderList | "trash";

export type Sort = { column: ColumnId; direction: "ascending" | "descending" };

type Column = { id: ColumnId; label: string; figure: boolean };

const COLUMNS: readonly Column[] = [
  { id: "number", label: "Order no.", figure: false },
  { id: "service", label: "Service", figure: false },
  { id: "caption", label: "Caption", figure: false },
  { id: "matter", label: "Client-matter", figure: false },
  { id: "subject", label: "Subject", figure: false },
  { id: "due", label: "Due", figure: false },
  { id: "state", label: "Status", figure: false },
  { id: "finish", label: "To finish", figure: true },
  { id: "files", label: "Files", figure: true },
  { id: "amount", label: "Amount", figure: true },
  { id: "changed", label: "Changed", figure: true },
  { id: "deletes", label: "Left", figure: true },
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
