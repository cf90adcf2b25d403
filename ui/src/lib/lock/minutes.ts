import type { LockSettingsView } from "../bindings/LockSettingsView";

const USUAL = [1, 2, 5, 10, 15, 30, 60, 120, 240];

/** The minutes that can be chosen: the usual ones within the bounds, the bounds, and what is set now. */
export function minutesOffered({ minutes, minutesMin, minutesMax }: LockSettingsView): readonly number[] {
  const usual = USUAL.filter((one) => one > minutesMin && one < minutesMax);
  return [...new Set([minutesMin, ...usual, minutesMax, minutes])].sort((one, other) => one - other);
}
