import { describe, expect, it } from "vitest";

import type { Answer } from "../api";
import type { CountsView } from "../bindings/CountsView";
import { done, failing, inTurn } from "../../test/window";
import { Counts } from "./counts.svelte";

const drafts = (drafts: number): CountsView => ({ drafts, outbox: 0, active: 0, completed: 0 });

describe("Counts", () => {
  it("are not known before they were counted, and stay where counting fails", async () => {
    const counts = new Counts(inTurn(done(drafts(1)), failing("internal", "")));
    expect(counts.known).toBeNull();
    await counts.reload();
    expect(counts.known).toEqual(drafts(1));
    await counts.reload();
    expect(counts.known).toEqual(drafts(1));
  });

  it("take the newest answer, also when an older one comes after it", async () => {
    const asked: ((answer: Answer<CountsView>) => void)[] = [];
    const counts = new Counts(() => new Promise((answer) => asked.push(answer)));
    const first = counts.reload();
    const second = counts.reload();
    asked[1]?.(done(drafts(2)));
    await second;
    asked[0]?.(done(drafts(1)));
    await first;
    expect(counts.known).toEqual(drafts(2));
  });
});
