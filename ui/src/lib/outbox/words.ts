import type { OutboxItemView } from "../bindings/OutboxItemView";
import type { OutboxPartView } from "../bindings/OutboxPartView";
import type { TransferView } from "../bindings/TransferView";
import type { WaitView } from "../bindings/WaitView";
import { counted, sizeShown } from "../lists/amounts";
import type { Chip } from "../shell/chips";

/** How an order on its way is told. */
export type ItemWords = {
  chip: Chip;
  /** What stands in bold before the rest, where somebody is needed. */
  title: string | null;
  says: string;
  /** What holds in spite of it. */
  safe: string;
  /** When it is tried again. */
  untilMs: number | null;
};

type WaitWords = { chip: Chip; title: string | null; says: string };

const WAITS: Record<WaitView, WaitWords> = {
  restored: {
    chip: { glyph: "octagon", tone: "asks", says: "Needs you" },
    title: "Restored from a file, so it is not sent before you have looked.",
    says: "If it was sent from the other computer since, take it back here.",
  },
  "no-provider": {
    chip: { glyph: "clock", tone: "plain", says: "Waiting" },
    title: null,
    says: "Will be sent once this computer is connected with a provider.",
  },
  refused: {
    chip: { glyph: "octagon", tone: "asks", says: "Needs you" },
    title: "What the provider’s side said does not hold, so nothing is sent to it.",
    says: "Ask your IT or the provider.",
  },
  "keys-ended": {
    chip: { glyph: "clock", tone: "plain", says: "Waiting for keys" },
    title: null,
    says: "The provider’s keys on this computer have ended. Newer ones are asked for by themselves.",
  },
  "not-sealed": {
    chip: { glyph: "octagon", tone: "fails", says: "Needs you" },
    title: "This order could not be sealed to the provider’s key.",
    says: "It is tried again by itself. If it stays so, take it back and submit it again, or ask your IT.",
  },
  offline: {
    chip: { glyph: "clock", tone: "plain", says: "Offline" },
    title: null,
    says: "Will be sent when you are online.",
  },
  stalled: {
    chip: { glyph: "bars", tone: "asks", says: "Stalled" },
    title: null,
    says: "No data moved for a while, or the connection broke.",
  },
  busy: {
    chip: { glyph: "clock", tone: "plain", says: "Provider is busy" },
    title: null,
    says: "The provider asked to wait. Nothing is wrong with the order.",
  },
  "server-fault": {
    chip: { glyph: "bars", tone: "asks", says: "Provider fault" },
    title: null,
    says: "Something failed on the provider’s side. Nothing is wrong with the order.",
  },
  untrusted: {
    chip: { glyph: "octagon", tone: "asks", says: "Needs you" },
    title: "The connection is not trusted, so nothing is sent over it.",
    says: "The other side’s certificate is none that this computer trusts. Ask your IT: a proxy of the network may be between.",
  },
  "needs-sign-in": {
    chip: { glyph: "octagon", tone: "asks", says: "Needs sign-in" },
    title: "Somebody has to sign in before this order can be sent.",
    says: "Sign in; it is sent by itself then.",
  },
  "not-allowed": {
    chip: { glyph: "octagon", tone: "asks", says: "Not allowed yet" },
    title: "This computer or person may not send orders yet.",
    says: "The firm’s admin or the provider has to allow it first.",
  },
  "receipt-refused": {
    chip: { glyph: "octagon", tone: "fails", says: "Needs you" },
    title: "The receipt does not match this order, so it does not count as submitted.",
    says: "If it happens again, ask the provider.",
  },
  disk: {
    chip: { glyph: "octagon", tone: "fails", says: "Needs you" },
    title: "This computer’s disk does not answer as it should.",
    says: "Look whether it is full, or ask your IT.",
  },
};

/** Tells whether an order waits for somebody; everything else goes on by itself. */
export function needsPerson(state: TransferView): boolean {
  return state.is === "rejected" || (state.is === "waiting" && WAITS[state.why].title !== null);
}

export function itemWords(item: OutboxItemView): ItemWords {
  const { state } = item;
  switch (state.is) {
    case "queued":
      return {
        chip: { glyph: "clock", tone: "plain", says: "Queued" },
        title: null,
        says: "",
        safe: "",
        untilMs: null,
      };
    case "uploading":
      return {
        chip: { glyph: "arrow", tone: "moves", says: `Uploading ${percentSent(item.parts)}%` },
        title: null,
        says: "",
        safe: "",
        untilMs: null,
      };
    case "waiting": {
      const { chip, title, says } = WAITS[state.why];
      return { chip, title, says, safe: safeSays(item), untilMs: state.untilMs };
    }
    case "rejected":
      return {
        chip: { glyph: "octagon", tone: "fails", says: "Needs you" },
        title: "This order cannot be sent as it is.",
        says: state.message,
        safe: "",
        untilMs: null,
      };
  }
}

/** What holds in spite of all. */
function safeSays({ state, parts, canBeTakenBack }: OutboxItemView): string {
  const isUnreached = state.is === "waiting" && (state.why === "offline" || state.why === "no-provider");
  if (isUnreached && canBeTakenBack) return "Until then you can take it back.";
  return parts.some(({ sent }) => sent > 0)
    ? "What was sent so far is kept."
    : "Everything is safe on this computer.";
}

/** Whole percents of all parts; 100 only when all is sent. */
export function percentSent(parts: readonly OutboxPartView[]): number {
  const bytes = parts.reduce((sum, part) => sum + part.bytes, 0);
  const sent = parts.reduce((sum, part) => sum + part.sent, 0);
  return bytes === 0 ? 0 : Math.floor((sent / bytes) * 100);
}

/** How far a part is: `Sent` of what the storage confirmed, which is not yet received. */
export type PartWords = { is: "sent" | "waits" | "moves" | "rests"; percent: number; size: string };

export function partWords(part: OutboxPartView, state: TransferView): PartWords {
  const percent = percentSent([part]);
  const size = part.bytes === 0 ? "" : sizeShown(part.bytes);
  if (part.bytes > 0 && part.sent >= part.bytes) return { is: "sent", percent, size };
  if (part.sent > 0) {
    return { is: state.is === "uploading" ? "moves" : "rests", percent, size: sentOf(part) };
  }
  return { is: "waits", percent, size };
}

/** `1.41 of 2.31 GB`: both in the unit of the whole, and what is sent never rounded up. */
function sentOf({ sent, bytes }: OutboxPartView): string {
  const [whole = "", unit = ""] = sizeShown(bytes).split(" ");
  const digits = whole.split(".")[1]?.length ?? 0;
  const scale = BYTES_OF[unit];
  if (scale === undefined) return `${sent} of ${sizeShown(bytes)}`;
  const step = 10 ** digits;
  return `${(Math.floor((sent / scale) * step) / step).toFixed(digits)} of ${whole} ${unit}`;
}

const BYTES_OF: Record<string, number> = { KB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12 };

/** `3 orders, 3.10 GB left to send` */
export function leftShown(items: readonly OutboxItemView[]): string {
  const left = items
    .flatMap(({ parts }) => parts)
    .reduce((sum, { bytes, sent }) => sum + Math.max(bytes - sent, 0), 0);
  return left === 0
    ? counted(items.length, "order")
    : `${counted(items.length, "order")}, ${sizeShown(left)} left to send`;
}

/** What the status line says of the outbox, in the order in which it matters least to most. */
export function outboxWords(items: readonly OutboxItemView[]): string[] {
  const count = (isOne: (state: TransferView) => boolean) => items.filter(({ state }) => isOne(state)).length;
  const unreached = count(
    (state) => state.is === "waiting" && (state.why === "offline" || state.why === "no-provider"),
  );
  const uploading = count(({ is }) => is === "uploading");
  const stalled = count((state) => state.is === "waiting" && state.why === "stalled");
  const needs = count(needsPerson);
  return [
    ...(unreached > 0 ? [`${counted(unreached, "order")} waiting for a connection`] : []),
    ...(uploading > 0 ? [`${uploading} uploading`] : []),
    ...(stalled > 0 ? [`${stalled} stalled`] : []),
    ...(needs > 0 ? [`${needs} ${needs === 1 ? "needs" : "need"} you`] : []),
  ];
}

/** `0:52`; nothing once the time has come. */
export function countdownShown(untilMs: number, nowMs: number): string | null {
  const seconds = Math.ceil((untilMs - nowMs) / 1_000);
  if (seconds <= 0) return null;
  const [hours, minutes] = [Math.floor(seconds / 3_600), Math.floor((seconds % 3_600) / 60)];
  const two = (number: number) => String(number).padStart(2, "0");
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}
