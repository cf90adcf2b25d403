import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { TOAST_MS, Toasts, WAITING_MAX } from "./toasts.svelte";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("a toast that follows", () => {
  it("waits for the one that is shown, so that it takes no Undo away", () => {
    const toasts = new Toasts();
    toasts.show({ says: "Draft discarded", undo: () => undefined });
    toasts.follow({ says: "26-00001 was received." });
    expect(toasts.shown?.says).toBe("Draft discarded");
    vi.advanceTimersByTime(TOAST_MS);
    expect(toasts.shown?.says).toBe("26-00001 was received.");
    vi.advanceTimersByTime(TOAST_MS);
    expect(toasts.shown).toBeNull();
  });

  it("is forgotten where too many wait", () => {
    const toasts = new Toasts();
    for (let number = 0; number <= WAITING_MAX + 1; number += 1) toasts.follow({ says: String(number) });
    expect(toasts.shown?.says).toBe("0");
    toasts.close();
    expect(toasts.shown?.says).toBe("2");
  });
});
