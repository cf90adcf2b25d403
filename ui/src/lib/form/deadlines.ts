import type { BoundView } from "../bindings/BoundView";
import type { DayView } from "../bindings/DayView";
import type { DeadlineView } from "../bindings/DeadlineView";
import type { EnteredView } from "../bindings/EnteredView";
import type { FormView } from "../bindings/FormView";
import type { StandingView } from "../bindings/StandingView";
import { counted } from "../lists/amounts";
import { spotOf, type Rows } from "./paths";

/** How long a date that is being typed has to rest before the docket follows it. */
export const REST_MS = 1_000;

/** How a line of the dates stands: a glyph, a word, and what is said with it. */
export type Stands = { is: "done" | "caution"; word: string; says: string };

const WORDS: Record<StandingView, string> = {
  kept: "Kept",
  tight: "Tight",
  "within-margin": "Within the margin",
  conflict: "Conflict",
};

/** How the date that was entered stands, or that the rule's date has passed; nothing where there is nothing to say. */
export function standsOf({ bound, outcome }: DeadlineView): Stands | null {
  if (outcome.is !== "date") return null;
  const { entered, passedDays } = outcome;
  if (entered) {
    const is = entered.standing === "kept" ? "done" : "caution";
    return { is, word: WORDS[entered.standing], says: enteredSays(entered, bound) };
  }
  if (passedDays === 0) return null;
  return { is: "caution", word: "Passed", says: `${counted(passedDays, "day")} ago.` };
}

/** What is said of a date that was entered. The date to go by stands beside it, so a conflict does not name it again. */
function enteredSays({ date, standing, days, says }: EnteredView, bound: BoundView): string {
  if (standing === "kept") return `${date.shown} is entered.`;
  if (standing !== "conflict") return says;
  return `${date.shown} is ${counted(days, "day")} too ${bound === "earliest" ? "early" : "late"}.`;
}

/** A day in a column: `Mon Dec 21`, with its year where that is another than this. */
export function dayInColumn({ iso, shown }: DayView, year: number): { says: string; year: string | null } {
  const [says = shown] = shown.split(",");
  const own = iso.slice(0, 4);
  return { says, year: own === String(year) ? null : own };
}

/** Whose rules they are, each once. */
export function jurisdictionsOf(deadlines: readonly DeadlineView[]): string {
  return [...new Set(deadlines.map(({ jurisdiction }) => jurisdiction))].join(", ");
}

/** When the rules were reviewed, where that is one day. */
export function reviewedOn(deadlines: readonly DeadlineView[]): string | null {
  const [first, ...others] = new Set(deadlines.map(({ reviewed }) => reviewed.shown));
  return first !== undefined && others.length === 0 ? first : null;
}

/** What is spoken when it changes: what needs somebody, and how far the dates are. */
export function datesSpoken(deadlines: readonly DeadlineView[]): string {
  const needing = deadlines.flatMap((deadline) => {
    const stands = standsOf(deadline);
    return stands?.is === "caution" ? [`${stands.word}: ${deadline.label}.`] : [];
  });
  const dates = deadlines.filter(({ outcome }) => outcome.is === "date").length;
  const missing = deadlines.filter(({ outcome }) => outcome.is === "missing").length;
  const parts = [
    ...(dates > 0 ? [counted(dates, "date")] : []),
    ...(missing > 0 ? [`${missing} without a date yet`] : []),
  ];
  return [...needing, ...(parts.length > 0 ? [`Docket: ${parts.join(", ")}.`] : [])].join(" ");
}

/** Tells whether a path is that of a field for a date. */
export function takesDate(form: FormView, rows: Rows, path: string): boolean {
  const spot = spotOf(form, rows, path);
  return spot !== null && form.sections[spot.section]?.fields[spot.field]?.kind.is === "date";
}
