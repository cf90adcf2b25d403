import { describe, expect, it } from "vitest";

import type { TransferView } from "../bindings/TransferView";
import type { WaitView } from "../bindings/WaitView";
import { item, part } from "../../test/samples";
import {
  countdownShown,
  itemWords,
  leftShown,
  needsPerson,
  outboxWords,
  partWords,
  percentSent,
} from "./words";

const UPLOADING: TransferView = { is: "uploading" };
const waits = (why: WaitView, untilMs: number | null = null): TransferView => ({
  is: "waiting",
  why,
  untilMs,
});
const REJECTED: TransferView = { is: "rejected", code: "price_changed", message: "The price changed." };

describe("itemWords", () => {
  const told = (state: TransferView, more = {}) => {
    const { chip, title, says, safe } = itemWords(item("a", { state, ...more }));
    return [chip.says, title, [says, safe].filter(Boolean).join(" ")];
  };

  it("says how far it is, and nothing where there is nothing to say", () => {
    expect(told({ is: "queued" })).toEqual(["Queued", null, ""]);
    expect(told(UPLOADING, { parts: [part(null, 100, 100), part("f", 900, 511)] })).toEqual([
      "Uploading 61%",
      null,
      "",
    ]);
  });

  it.each<[WaitView, string, string]>([
    ["no-provider", "Waiting", "Will be sent once this computer is connected with a provider."],
    ["offline", "Offline", "Will be sent when you are online."],
    ["stalled", "Stalled", "No data moved for a while, or the connection broke."],
    ["busy", "Provider is busy", "The provider asked to wait. Nothing is wrong with the order."],
    [
      "server-fault",
      "Provider fault",
      "Something failed on the provider’s side. Nothing is wrong with the order.",
    ],
  ])("goes on by itself: %s", (why, chip, says) => {
    expect(told(waits(why))).toEqual([chip, null, `${says} Everything is safe on this computer.`]);
    expect(told(waits(why), { parts: [part("f", 9, 1)] })[2]).toBe(`${says} What was sent so far is kept.`);
  });

  it.each<[WaitView, string, string]>([
    ["untrusted", "Needs you", "The connection is not trusted, so nothing is sent over it."],
    ["needs-sign-in", "Needs sign-in", "Somebody has to sign in before this order can be sent."],
    ["not-allowed", "Not allowed yet", "This computer or person may not send orders yet."],
    [
      "receipt-refused",
      "Needs you",
      "The receipt does not match this order, so it does not count as submitted.",
    ],
    ["disk", "Needs you", "This computer’s disk does not answer as it should."],
  ])("needs somebody: %s", (why, chip, title) => {
    expect(told(waits(why)).slice(0, 2)).toEqual([chip, title]);
    expect(needsPerson(waits(why))).toBe(true);
  });

  it("offers to take back only what can be", () => {
    expect(told(waits("offline"), { canBeTakenBack: true })[2]).toBe(
      "Will be sent when you are online. Until then you can take it back.",
    );
    expect(told(waits("stalled"), { canBeTakenBack: true })[2]).not.toContain("take it back");
  });

  it("says in the words of Rust why one cannot be sent", () => {
    expect(told(REJECTED)).toEqual([
      "Needs you",
      "This order cannot be sent as it is.",
      "The price changed.",
    ]);
    expect(needsPerson(REJECTED)).toBe(true);
    expect([UPLOADING, waits("offline"), waits("stalled")].some(needsPerson)).toBe(false);
  });
});

describe("partWords", () => {
  it.each<[string, number, number, TransferView, string, string]>([
    ["all", 22_000, 22_000, UPLOADING, "sent", "22.0 KB"],
    ["nothing", 22_000, 0, UPLOADING, "waits", "22.0 KB"],
    ["some", 2_310_000_000, 1_419_999_999, UPLOADING, "moves", "1.41 of 2.31 GB"],
    ["some, at rest", 18_600_000, 4_190_000, waits("stalled"), "rests", "4.1 of 18.6 MB"],
    ["all but a byte", 2_310_000_000, 2_309_999_999, UPLOADING, "moves", "2.30 of 2.31 GB"],
    ["bytes", 900, 1, UPLOADING, "moves", "1 of 900 bytes"],
    ["what is not sealed yet", 0, 0, { is: "queued" }, "waits", ""],
  ])("says of %s", (_, bytes, sent, state, is, size) => {
    expect(partWords(part("f", bytes, sent), state)).toMatchObject({ is, size });
  });
});

describe("percentSent", () => {
  it("is 100 only when all is sent", () => {
    expect(percentSent([part(null, 1, 1), part("f", 999_999, 999_998)])).toBe(99);
    expect(percentSent([part(null, 1, 1), part("f", 9, 9)])).toBe(100);
    expect(percentSent([part(null, 0, 0)])).toBe(0);
  });
});

describe("leftShown", () => {
  it("counts what is not sent", () => {
    const items = [
      item("a", { parts: [part("f", 3_000_000, 1_000_000)] }),
      item("b", { parts: [part("f", 1_500_000, 0)] }),
    ];
    expect(leftShown(items)).toBe("2 orders, 3.50 MB left to send");
    expect(leftShown([item("a", { parts: [part("f", 9, 9)] })])).toBe("1 order");
  });
});

describe("outboxWords", () => {
  it("counts what waits, moves, stands still and needs somebody", () => {
    const states = [waits("offline"), waits("no-provider"), UPLOADING, waits("stalled"), REJECTED];
    const items = states.map((state, place) => item(String(place), { state }));
    expect(outboxWords(items)).toEqual([
      "2 orders waiting for a connection",
      "1 uploading",
      "1 stalled",
      "1 needs you",
    ]);
    expect(outboxWords([item("a", { state: waits("offline") })])).toEqual([
      "1 order waiting for a connection",
    ]);
    expect(outboxWords([item("a", { state: { is: "queued" } })])).toEqual([]);
  });
});

describe("countdownShown", () => {
  it.each([
    [52_000, "0:52"],
    [51_001, "0:52"],
    [600_000, "10:00"],
    [3_661_000, "1:01:01"],
    [1, "0:01"],
    [0, null],
    [-5, null],
  ])("%d ms ahead", (ahead, shown) => {
    expect(countdownShown(1_000_000 + ahead, 1_000_000)).toBe(shown);
  });
});
