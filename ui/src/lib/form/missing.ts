import type { Draft } from "./draft.svelte";
import { compareSpots, spotOf } from "./paths";

/**
 * The path of the next (1) or previous (-1) thing to finish from a path that has the focus, around the end; null where
 * nothing is missing. Without a focus in the form, the first or the last.
 */
export function nextMissing(
  { assessment, form, rows }: Pick<Draft, "assessment" | "form" | "rows">,
  focused: string | null,
  by: 1 | -1,
): string | null {
  const paths = [...new Set(assessment.problems.map(({ path }) => path))];
  const index = focused === null ? -1 : paths.indexOf(focused);
  if (index !== -1) return paths.at((index + by) % paths.length) ?? null;
  const here = focused === null ? null : spotOf(form, rows, focused);
  if (!here) return paths.at(by === 1 ? 0 : -1) ?? null;
  // What is not in the form, such as a file that is missing, comes after it.
  const after = paths.findIndex((path) => {
    const spot = spotOf(form, rows, path);
    return spot === null || compareSpots(spot, here) > 0;
  });
  const place = after === -1 ? paths.length : after;
  return paths.at(by === 1 ? place % paths.length : place - 1) ?? null;
}

/** The path of what is missing outside of the form: a file. */
export function missingOutside({
  assessment,
  form,
  rows,
}: Pick<Draft, "assessment" | "form" | "rows">): string | null {
  return assessment.problems.find(({ path }) => spotOf(form, rows, path) === null)?.path ?? null;
}
