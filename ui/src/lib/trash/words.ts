import { counted } from "../lists/amounts";
import { dayAt, written } from "../lists/dates";

const DAY_MS = 86_400_000;

/** How long a draft stays in the trash, to the nearest day: `30 days` just after it was discarded, `1 day`, `Under 1 day`. */
export function leftShown(deletesAtMs: number, now: Date): string {
  const days = (deletesAtMs - now.getTime()) / DAY_MS;
  return days < 1 ? "Under 1 day" : counted(Math.round(days), "day");
}

/** `Deleted for good Wed Dec 23, 2026`, as it stands beside the days. */
export function deletesShown(deletesAtMs: number): string {
  return `Deleted for good ${written(dayAt(new Date(deletesAtMs)))}`;
}
