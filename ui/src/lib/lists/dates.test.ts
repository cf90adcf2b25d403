import { describe, expect, it } from "vitest";

import {
  atShown,
  dayAt,
  dayOf,
  dueShown,
  happenedShown,
  momentShown,
  momentWritten,
  written,
  type Day,
} from "./dates";

const TODAY: Day = { year: 2026, month: 11, day: 23 };
const day = (text: string): Day => {
  const read = dayOf(text);
  if (!read) throw new Error(`${text} is no day`);
  return read;
};

describe("dayOf", () => {
  it("reads a day of the calendar", () => {
    expect(dayOf("2026-11-23")).toEqual(TODAY);
    expect(dayOf("2028-02-29")).toEqual({ year: 2028, month: 2, day: 29 });
  });

  it.each([
    "",
    "2026-11-31",
    "2027-02-29",
    "2026-13-01",
    "2026-00-10",
    "11/23/2026",
    "2026-11-23T00:00",
    "26-11-23",
  ])("knows no day %j", (text) => {
    expect(dayOf(text)).toBeNull();
  });
});

describe("written", () => {
  it.each([
    ["2026-12-21", "Mon Dec 21, 2026"],
    ["2026-11-22", "Sun Nov 22, 2026"],
    ["1969-12-31", "Wed Dec 31, 1969"],
    ["1970-01-01", "Thu Jan 1, 1970"],
  ])("%s", (text, says) => {
    expect(written(day(text))).toBe(says);
  });
});

describe("dueShown", () => {
  it.each([
    ["2026-11-20", "3 d late", "", "late", "Was due Fri Nov 20, 2026"],
    ["2026-11-22", "1 d late", "", "late", "Was due Sun Nov 22, 2026"],
    ["2023-11-23", "1,096 d late", "", "late", "Was due Thu Nov 23, 2023"],
    ["2026-11-23", "Today", "", "near", "Due Mon Nov 23, 2026"],
    ["2026-11-24", "Nov 24", "Tue", "near", "Due Tue Nov 24, 2026"],
    ["2026-11-25", "Nov 25", "Wed", "plain", "Due Wed Nov 25, 2026"],
    ["2027-01-04", "Jan 4, 2027", "Mon", "plain", "Due Mon Jan 4, 2027"],
  ])("%s", (text, says, weekday, tone, title) => {
    expect(dueShown(day(text), TODAY)).toEqual({ says, weekday, tone, title });
  });

  it("counts days, not hours, over a change of the clock", () => {
    expect(dueShown(day("2026-03-09"), day("2026-03-08")).tone).toBe("near");
    expect(dueShown(day("2026-11-01"), day("2026-11-02")).says).toBe("1 d late");
  });
});

describe("happenedShown", () => {
  const now = new Date(2026, 10, 23, 15, 0);
  it.each([
    [new Date(2026, 10, 23, 10, 42), "10:42 AM"],
    [new Date(2026, 10, 23, 0, 5), "12:05 AM"],
    [new Date(2026, 10, 23, 12, 0), "12:00 PM"],
    [new Date(2026, 10, 22, 23, 59), "Nov 22"],
    [new Date(2025, 11, 31, 12, 0), "Dec 31, 2025"],
  ])("%s", (moment, says) => {
    expect(happenedShown(moment.getTime(), now)).toBe(says);
  });

  it("takes the day of this computer", () => {
    expect(dayAt(new Date(2026, 0, 1, 0, 0))).toEqual({ year: 2026, month: 1, day: 1 });
  });
});

describe("momentShown", () => {
  const now = new Date(2026, 10, 23, 15, 0);
  it.each([
    [new Date(2026, 10, 23, 10, 49), "Today 10:49 AM", "10:49 AM"],
    [new Date(2026, 10, 12, 16, 5), "Nov 12 4:05 PM", "Thu Nov 12, 4:05 PM"],
    [new Date(2026, 10, 24, 0, 0), "Nov 24 12:00 AM", "Tue Nov 24, 12:00 AM"],
    [new Date(2025, 11, 31, 12, 0), "Dec 31, 2025", "Wed Dec 31, 2025, 12:00 PM"],
  ])("%s", (moment, inTimeline, inProse) => {
    expect(momentShown(moment.getTime(), now)).toBe(inTimeline);
    expect(atShown(moment.getTime(), now)).toBe(inProse);
  });

  it("is written out where it is kept", () => {
    expect(momentWritten(new Date(2026, 10, 23, 11, 4).getTime())).toBe("Mon Nov 23, 2026, 11:04 AM");
  });
});
