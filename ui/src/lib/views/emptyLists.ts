import type { OrderList } from "../shell/navigation.svelte";

type EmptyWords = { heading: string; says: string; see?: { label: string; list: OrderList } };

/** What each list says when nothing is in it. */
export const EMPTY_LISTS: Record<OrderList, EmptyWords> = {
  drafts: {
    heading: "No drafts",
    says: "An order you start is kept here, encrypted, until you submit or discard it.",
  },
  outbox: {
    heading: "Nothing is waiting to be sent",
    says: "Submitted orders stay here until every file is confirmed by your provider.",
    see: { label: "See active orders", list: "active" },
  },
  active: {
    heading: "No active orders",
    says: "Orders appear here once they are received.",
    see: { label: "See completed", list: "completed" },
  },
  completed: {
    heading: "Nothing completed yet",
    says: "Orders come here once the work on them is done. Returned documents stay with their order.",
  },
};
