import type { Draft } from "./draft.svelte";
import { compareSpots, spotOf } from "./paths";

/**
 * The path of the next (1) or previous (-1) thing to finish from where the focus is, around the end; null where there is
 * none. Without a focus in the form, the first or the last.
 */
export function nextMissing(
  { assessment, form, rows }: Pick<Draft, "assessment" | "form" | "rows">,
  focused: string | null,
  by: 1 | -1,
): string | null {
  const paths = [...new Set(assessment.problems.map(({ path }) => path))];
  const inOrder = by === 1 ? paths : paths.reverse();
  const here = focused === null ? null : spotOf(form, rows, focused);
  const beyond = inOrder.find((path) => {
    const spot = spotOf(form, rows, path);
    if (!here || !spot) return !here;
    const order = compareSpots(spot, here) || (path === focused ? 0 : path > (focused ?? "") ? 1 : -1);
    return order * by > 0;
  });
  // What is not in the form, such as a file that is missing, comes after it.
  const outside = here ? inOrder.find((path) => spotOf(form, rows, path) === null) : undefined;
  return beyond ?? outside ?? inOrder[0] ?? null;
}
