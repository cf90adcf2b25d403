import { describe, expect, it } from "vitest";

import { found, meant } from "./searching";

const COURTS = [
  { id: "la", label: "Superior Court, County of Los Angeles" },
  { id: "lassen", label: "Superior Court, County of Lassen" },
  { id: "sf", label: "Superior Court, County of San Francisco" },
  { id: "cacd", label: "US District Court, Central District of California" },
  { id: "wcab", label: "Workers’ Compensation Appeals Board" },
  { id: "other", label: "Court" },
];
const ids = (typed: string) => found(COURTS, typed).map(({ id }) => id);

describe("searching options", () => {
  it.each([
    ["", ["la", "lassen", "sf", "cacd", "wcab", "other"]],
    ["las", ["lassen"]],
    ["LOS ang", ["la"]],
    ["angeles los", ["la"]],
    ["ángeles", ["la"]],
    ["workers", ["wcab"]],
    ["workers' comp", ["wcab"]],
    ["central, california", ["cacd"]],
    ["ngeles", []],
    ["nowhere", []],
  ])("finds by the beginnings of words: %s", (typed, expected) => {
    expect(ids(typed)).toEqual(expected);
  });

  it.each([
    ["sf", undefined],
    ["san fran", "sf"],
    ["county", undefined],
    // In full, though more is found.
    ["court", "other"],
    ["superior court, county of lassen", "lassen"],
    ["", undefined],
    [" , ", undefined],
  ])("knows the one that is meant: %s", (typed, expected) => {
    expect(meant(COURTS, typed)?.id).toBe(expected);
  });
});
