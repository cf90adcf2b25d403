import type { DayView } from "../lib/bindings/DayView";
import type { DeadlineView } from "../lib/bindings/DeadlineView";
import type { EnteredView } from "../lib/bindings/EnteredView";
import type { OutcomeView } from "../lib/bindings/OutcomeView";
import type { ProblemView } from "../lib/bindings/ProblemView";

type Dated = Extract<OutcomeView, { is: "date" }>;

const day = (iso: string, shown: string): DayView => ({ iso, shown });

export const DEC_14 = day("2026-12-14", "Mon Dec 14, 2026");
export const DEC_19 = day("2026-12-19", "Sat Dec 19, 2026");
export const DEC_21 = day("2026-12-21", "Mon Dec 21, 2026");
export const JAN_4 = day("2027-01-04", "Mon Jan 4, 2027");

/** The earliest production of a consumer's records, where notice was mailed on Nov 24. */
export function production(more: Partial<DeadlineView> = {}): DeadlineView {
  return {
    rule: "ca-production-consumer",
    jurisdiction: "California",
    label: "Earliest production",
    bound: "earliest",
    citation: "CCP §§ 1985.3(b), 1013, 2020.410(c)",
    source: "Cal. Code Civ. Proc. §§ 1985.3, 1013 and 2020.410",
    reviewed: day("2026-11-27", "Fri Nov 27, 2026"),
    notes: ["Days to wait are not moved by § 12a."],
    outcome: dated(),
    ...more,
  };
}

export function dated(more: Partial<Dated> = {}): Dated {
  return {
    is: "date",
    date: DEC_21,
    bare: DEC_19,
    brief: "Custodian served at the earliest + 15 days",
    why: "Custodian served at the earliest Fri Dec 4, 2026 + 15 days is Sat Dec 19, 2026, no court day, so Mon Dec 21, 2026.",
    also: ["Subpoena issued by Tue Nov 24, 2026 + 20 days is Mon Dec 14, 2026."],
    margin: null,
    entered: null,
    passedDays: 0,
    ...more,
  };
}

/** A date that was entered and keeps the rule. The double's form asks one date. */
export function entered(more: Partial<EnteredView> = {}): EnteredView {
  return {
    date: DEC_21,
    path: "subject.loss",
    standing: "kept",
    days: 0,
    says: "",
    closedFor: null,
    instead: null,
    ...more,
  };
}

export const CONFLICT = entered({
  date: DEC_14,
  standing: "conflict",
  days: 7,
  says: "Mon Dec 14, 2026 is 7 days too early: the earliest is Mon Dec 21, 2026.",
  instead: DEC_21,
});

export const CAUTION: ProblemView = {
  path: "subject.loss",
  severity: "caution",
  code: "date-too-early",
  message:
    "Mon Dec 14, 2026 is 7 days too early: the earliest is Mon Dec 21, 2026 (CCP §§ 1985.3(b), 1013, 2020.410(c)).",
  toFinish: "Production date is too early",
};

/** The latest notice, which lies back. */
export const PASSED = production({
  rule: "ca-notice-by",
  label: "Notice to consumer served by",
  bound: "latest",
  outcome: dated({ passedDays: 3, bare: null }),
});

export const MISSING = production({
  rule: "ca-custodian-by",
  label: "Custodians served by",
  bound: "latest",
  outcome: {
    is: "missing",
    inputs: [
      { label: "Production", path: "subject.loss" },
      { label: "How the notice is served", path: null },
    ],
  },
});

export const REMINDER = production({
  rule: "ca-custodian-packet",
  label: "The packet carries the proof of service",
  bound: "reminder",
  outcome: { is: "reminder" },
});

export const UNCOUNTED = production({
  rule: "us-objection",
  jurisdiction: "Federal",
  label: "Custodian may object until",
  bound: "latest",
  reviewed: day("2026-10-01", "Thu Oct 1, 2026"),
  outcome: { is: "uncounted", says: "Federal holidays are known through 2032-12-31." },
});
