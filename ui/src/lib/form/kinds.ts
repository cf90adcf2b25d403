import type { HTMLInputAttributes } from "svelte/elements";

import type { KindView } from "../bindings/KindView";
import type { OptionView } from "../bindings/OptionView";
import type { WidthView } from "../bindings/WidthView";

/** How many of the twelve columns a width takes. */
export const SPANS: Record<WidthView, string> = {
  full: "f12",
  "two-thirds": "f8",
  half: "f6",
  third: "f4",
};

export const YES_NO: readonly OptionView[] = [
  { id: "yes", label: "Yes" },
  { id: "no", label: "No" },
];

export const INPUT_MODES: Partial<Record<KindView["is"], HTMLInputAttributes["inputmode"]>> = {
  email: "email",
  phone: "tel",
  ssn: "numeric",
  money: "decimal",
  count: "numeric",
};

/** Whether a field has several controls, which its label names together. */
export function isGroup(kind: KindView): boolean {
  if (kind.is === "choice") return kind.style === "radio";
  return ["choices", "yes-no", "attestation", "address"].includes(kind.is);
}

/** The ids of what describes a control. A message stands in the place of the help. */
export function describe(
  id: string,
  there: { says: boolean; help: boolean; changed: boolean },
): string | undefined {
  const ids = [
    ...(there.says ? [`${id}:says`] : there.help ? [`${id}:help`] : []),
    ...(there.changed ? [`${id}:changed`] : []),
  ];
  return ids.length > 0 ? ids.join(" ") : undefined;
}
