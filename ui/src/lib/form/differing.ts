import type { AnswerView } from "../bindings/AnswerView";
import type { DraftView } from "../bindings/DraftView";
import type { Rows } from "./paths";

/** The sections in which an answer or the rows of a draft are not what they were. */
export function sectionsThatDiffer(
  answers: ReadonlyMap<string, AnswerView>,
  rows: Rows,
  now: Pick<DraftView, "form" | "answers" | "rows">,
): string[] {
  const written = (section: string, entries: Iterable<readonly [string, AnswerView]>) =>
    JSON.stringify([...entries].filter(([path]) => path.startsWith(`${section}.`)).sort(byPath));
  return now.form.sections
    .map(({ id }) => id)
    .filter(
      (id) =>
        written(id, answers) !== written(id, Object.entries(now.answers)) ||
        (rows.get(id) ?? []).join() !== (now.rows[id] ?? []).join(),
    );
}

/** Changes only what differs, so that only that is drawn again. */
export function merge<T>(into: Map<string, T>, from: Map<string, T>, isSame: (one: T, other: T) => boolean) {
  for (const key of [...into.keys()]) if (!from.has(key)) into.delete(key);
  for (const [key, value] of from) {
    const before = into.get(key);
    if (before === undefined || !isSame(before, value)) into.set(key, value);
  }
}

function byPath([one]: readonly [string, AnswerView], [other]: readonly [string, AnswerView]): number {
  return one < other ? -1 : 1;
}
