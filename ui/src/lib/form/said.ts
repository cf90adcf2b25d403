import type { Cell } from "./cell.svelte";

/** What a field says. */
export type Said = { tone: "wrong" | "empty" | "caution"; says: string };

/**
 * What a field says now. Nothing typed is called wrong before the field was left; what is missing is said once Review was
 * tried.
 */
export function saidOf(cell: Cell, isReviewed: boolean): Said | null {
  if (cell.failure) return { tone: "wrong", says: cell.failure.message };
  const problem = cell.problem;
  if (!problem) return null;
  const isDue = problem.severity === "empty" ? isReviewed : cell.wasLeft || isReviewed;
  return isDue ? { tone: problem.severity, says: problem.message } : null;
}

/** The class of a field for what it says. What is missing, once Review was tried, holds the order up as what is wrong does. */
export function toneClass(said: Said | null): string | null {
  if (!said) return null;
  return said.tone === "caution" ? "is-caution" : "is-wrong";
}
