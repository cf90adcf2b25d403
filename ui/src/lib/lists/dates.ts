/** A day of the calendar as `YYYY-MM-DD` has it. */
export type Day = { year: number; month: number; day: number };

/** How a date of a list reads, and what it means for whoever looks. */
export type DueShown = { says: string; weekday: string; title: string; tone: "late" | "near" | "plain" };

const WEEKDAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const DAY_MS = 86_400_000;

/** A date this many days away, or fewer, is near. */
export const NEAR_DAYS = 1;

/** Reads `YYYY-MM-DD`; nothing where that is no day. */
export function dayOf(text: string): Day | null {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (!parts) return null;
  const [year, month, day] = parts.slice(1).map(Number) as [number, number, number];
  const read = new Date(Date.UTC(year, month - 1, day));
  return read.getUTCMonth() === month - 1 && read.getUTCDate() === day ? { year, month, day } : null;
}

/** The day that a moment falls on here. */
export function dayAt(moment: Date): Day {
  return { year: moment.getFullYear(), month: moment.getMonth() + 1, day: moment.getDate() };
}

/** `Mon Dec 21, 2026` */
export function written(day: Day): string {
  return `${weekday(day)} ${monthDay(day)}, ${day.year}`;
}

/** `Today`, `Nov 24`, `Nov 24, 2027`; `3 d late` once it has passed. */
export function dueShown(due: Day, today: Day): DueShown {
  const ahead = serial(due) - serial(today);
  if (ahead < 0) {
    const days = (-ahead).toLocaleString("en-US");
    return { says: `${days} d late`, weekday: "", title: `Was due ${written(due)}`, tone: "late" };
  }
  const title = `Due ${written(due)}`;
  if (ahead === 0) return { says: "Today", weekday: "", title, tone: "near" };
  return {
    says: dayShown(due, today),
    weekday: weekday(due),
    title,
    tone: ahead <= NEAR_DAYS ? "near" : "plain",
  };
}

/** When something happened, to the minute today, else to the day. */
export function happenedShown(ms: number, now: Date): string {
  const moment = new Date(ms);
  const [day, today] = [dayAt(moment), dayAt(now)];
  return serial(day) === serial(today) ? clock(moment) : dayShown(day, today);
}

/** `Today 10:49 AM`, `Nov 12 4:05 PM`; of another year the day only. */
export function momentShown(ms: number, now: Date): string {
  const moment = new Date(ms);
  const [day, today] = [dayAt(moment), dayAt(now)];
  if (serial(day) === serial(today)) return `Today ${clock(moment)}`;
  return day.year === today.year ? `${monthDay(day)} ${clock(moment)}` : dayShown(day, today);
}

/** `10:49 AM` today, else `Tue Nov 24, 10:49 AM`. */
export function atShown(ms: number, now: Date): string {
  const moment = new Date(ms);
  const [day, today] = [dayAt(moment), dayAt(now)];
  if (serial(day) === serial(today)) return clock(moment);
  return `${weekday(day)} ${dayShown(day, today)}, ${clock(moment)}`;
}

/** `Mon Nov 23, 2026, 10:54 AM` */
export function momentWritten(ms: number): string {
  const moment = new Date(ms);
  return `${written(dayAt(moment))}, ${clock(moment)}`;
}

/** `10:42 AM` */
export function clock(moment: Date): string {
  const hour = moment.getHours();
  const minute = String(moment.getMinutes()).padStart(2, "0");
  return `${hour % 12 === 0 ? 12 : hour % 12}:${minute} ${hour < 12 ? "AM" : "PM"}`;
}

/** `Nov 24`; of another year `Nov 24, 2027`. */
export function dayShown(day: Day, today: Day): string {
  return day.year === today.year ? monthDay(day) : `${monthDay(day)}, ${day.year}`;
}

function monthDay({ month, day }: Day): string {
  return `${MONTHS[month - 1] ?? ""} ${day}`;
}

function weekday(day: Day): string {
  // 1970-01-01 was a Thursday.
  return WEEKDAYS[(((serial(day) + 4) % 7) + 7) % 7] ?? "";
}

/** Days since 1970-01-01, in which no clock change can happen. */
function serial({ year, month, day }: Day): number {
  return Math.round(Date.UTC(year, month - 1, day) / DAY_MS);
}
