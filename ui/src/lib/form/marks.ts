import type { Assessment } from "../bindings/Assessment";
import type { FormView } from "../bindings/FormView";
import type { ProblemView } from "../bindings/ProblemView";
import type { SeverityView } from "../bindings/SeverityView";
import { groupOf, type Rows } from "./paths";

/** How far a section or row is. */
export type Mark = { is: "done" | "wrong" | "incomplete" | "empty" | "caution"; says: string };

const WEIGHT: Record<SeverityView, number> = { wrong: 0, empty: 1, caution: 2 };

/** The heaviest problem of each path: a field shows one message at most. */
export function heaviest(problems: readonly ProblemView[]): Map<string, ProblemView> {
  const found = new Map<string, ProblemView>();
  for (const problem of problems) {
    const other = found.get(problem.path);
    if (!other || WEIGHT[problem.severity] < WEIGHT[other.severity]) found.set(problem.path, problem);
  }
  return found;
}

/** Marks every section and row, by their groups. */
export function marksOf(
  form: FormView,
  rows: Rows,
  { problems, required, hidden }: Pick<Assessment, "problems" | "required" | "hidden">,
  answered: Iterable<string>,
): Map<string, Mark> {
  const repeating = new Set(form.sections.filter(({ repeats }) => repeats).map(({ id }) => id));
  const groups = (path: string): string[] => {
    const [section = "", row] = path.split(".");
    return repeating.has(section) && row !== undefined ? [section, `${section}.${row}`] : [section];
  };
  const counts = new Map<string, Counts>();
  const count = (path: string, what: keyof Counts) => {
    for (const group of groups(path)) {
      const found = counts.get(group) ?? { wrong: 0, empty: 0, caution: 0, answered: 0, required: 0 };
      found[what] += 1;
      counts.set(group, found);
    }
  };
  const notAsked = new Set(hidden);
  for (const { path, severity } of problems) count(path, severity);
  for (const path of required) count(path, "required");
  for (const path of answered) if (!notAsked.has(path)) count(path, "answered");
  const all = form.sections.flatMap(({ id }) => [id, ...(rows.get(id) ?? []).map((row) => groupOf(id, row))]);
  return new Map(all.map((group) => [group, markOf(counts.get(group))]));
}

type Counts = Record<SeverityView | "answered" | "required", number>;

function markOf(counts: Counts | undefined): Mark {
  if (!counts) return { is: "empty", says: "optional, empty" };
  const { wrong, empty, caution, answered, required } = counts;
  if (wrong > 0) return { is: "wrong", says: wrong === 1 ? "one error" : `${wrong} errors` };
  if (empty > 0 && answered === 0) return { is: "empty", says: "not started" };
  if (empty > 0) return { is: "incomplete", says: "incomplete" };
  if (caution > 0) return { is: "caution", says: caution === 1 ? "one warning" : `${caution} warnings` };
  if (answered > 0) return { is: "done", says: "complete" };
  return { is: "empty", says: required > 0 ? "not started" : "optional, empty" };
}

/** Tells whether two problems of a field read the same. */
export function isSameProblem(one: ProblemView | null, other: ProblemView | null): boolean {
  return one?.severity === other?.severity && one?.message === other?.message;
}
