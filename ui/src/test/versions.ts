import type { VersionView } from "../lib/bindings/VersionView";

/** Three versions of a draft, the newest first: one answer changed, two of which one is masked, and none. */
export const VERSIONS: VersionView[] = [
  {
    number: 7,
    atMs: new Date(2026, 10, 24, 10, 49).getTime(),
    what: "Full name changed",
    changes: [{ label: "Full name", before: "Maria Elena Delgado", after: "Maria Delgado" }],
  },
  {
    number: 6,
    atMs: new Date(2026, 10, 24, 10, 42).getTime(),
    what: "2 answers changed",
    changes: [
      { label: "SSN", before: null, after: "•••-••-4417" },
      { label: "Injury and treatment", before: "Sprain", after: null },
    ],
  },
  { number: 1, atMs: new Date(2026, 10, 23, 9, 5).getTime(), what: "Draft started", changes: [] },
];
