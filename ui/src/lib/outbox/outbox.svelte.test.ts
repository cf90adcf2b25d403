import { flushSync } from "svelte";
import { describe, expect, it, vi } from "vitest";

import type { Answer } from "../api";
import type { OutboxItemView } from "../bindings/OutboxItemView";
import type { TransferView } from "../bindings/TransferView";
import { item } from "../../test/samples";
import { done, failing, inTurn } from "../../test/window";
import { Outbox } from "./outbox.svelte";

const REJECTED: TransferView = { is: "rejected", code: "price_changed", message: "" };
const THREE = [
  item("c", { submittedAtMs: 3 }),
  item("a", { submittedAtMs: 1 }),
  item("b", { submittedAtMs: 2 }),
];

async function loaded(items: OutboxItemView[] = THREE) {
  const ask = vi.fn(() => Promise.resolve(done(items)));
  const outbox = new Outbox(ask);
  await outbox.load();
  return { outbox, ask };
}

describe("the outbox", () => {
  it("has who needs somebody first, then what was submitted first", async () => {
    const { outbox } = await loaded([...THREE, item("r", { submittedAtMs: 9, state: REJECTED })]);
    expect(outbox.orders).toEqual(["r", "a", "b", "c"]);
  });

  it("touches only the order that moved on", async () => {
    const { outbox, ask } = await loaded();
    const drawn: string[] = [];
    const stop = $effect.root(() => {
      for (const order of ["a", "b", "c"]) {
        $effect(() => {
          drawn.push(`${order} ${outbox.item(order)?.state.is}`);
        });
      }
      $effect(() => {
        drawn.push(outbox.orders.join(""));
      });
    });
    flushSync();
    drawn.length = 0;
    outbox.hear({ is: "outbox", item: item("b", { submittedAtMs: 2, state: { is: "uploading" } }) });
    flushSync();
    expect(drawn).toEqual(["b uploading"]);
    expect(ask).toHaveBeenCalledTimes(1);
    stop();
  });

  it("moves one up that needs somebody now", async () => {
    const { outbox } = await loaded();
    outbox.hear({ is: "outbox", item: item("c", { submittedAtMs: 3, state: REJECTED }) });
    expect(outbox.orders).toEqual(["c", "a", "b"]);
  });

  it.each([
    ["the lists", { is: "lists" }],
    ["the connection", { is: "connection", connection: { is: "no-provider" } }],
    ["an order that is not there", { is: "outbox", item: item("z") }],
  ] as const)("is read again when %s changed", async (_, event) => {
    const { outbox, ask } = await loaded();
    outbox.hear(event);
    expect(ask).toHaveBeenCalledTimes(2);
    expect(outbox.item("z")).toBeNull();
  });

  it("keeps what was told while it was read", async () => {
    const answers: ((answer: Answer<OutboxItemView[]>) => void)[] = [];
    const outbox = new Outbox(() => new Promise((answer) => answers.push(answer)));
    const first = outbox.load();
    answers[0]?.(done(THREE));
    await first;
    const second = outbox.load();
    outbox.hear({ is: "outbox", item: item("a", { state: { is: "uploading" } }) });
    answers[1]?.(done(THREE.filter(({ order }) => order !== "c")));
    await second;
    expect(outbox.item("a")?.state.is).toBe("uploading");
    expect(outbox.orders).toEqual(["a", "b"]);
  });

  it("takes the newest answer, also when an older one comes after it", async () => {
    const answers: ((answer: Answer<OutboxItemView[]>) => void)[] = [];
    const outbox = new Outbox(() => new Promise((answer) => answers.push(answer)));
    const both = [outbox.load(), outbox.load()];
    answers[1]?.(done([item("new")]));
    answers[0]?.(done([item("old")]));
    await Promise.all(both);
    expect(outbox.orders).toEqual(["new"]);
  });

  it("says what went wrong, and can be read again", async () => {
    const outbox = new Outbox(inTurn<OutboxItemView[]>(failing("internal", "A fault."), done(THREE)));
    await outbox.load();
    expect(outbox.state).toEqual({ is: "failed", error: { code: "internal", message: "A fault." } });
    await outbox.load();
    expect(outbox.state.is).toBe("there");
  });

  it("goes on to the next order, or the one before, where the current one goes", async () => {
    const { outbox } = await loaded();
    outbox.goTo("b");
    outbox.leaveOut("b");
    expect(outbox.at).toBe("c");
    outbox.leaveOut("c");
    expect(outbox.at).toBe("a");
    outbox.leaveOut("a");
    expect(outbox.at).toBeNull();
  });

  it("steps no further than its ends", async () => {
    const { outbox } = await loaded();
    expect(outbox.at).toBe("a");
    outbox.step(-1);
    expect(outbox.at).toBe("a");
    outbox.step(1);
    expect(outbox.at).toBe("b");
    outbox.step(Infinity);
    expect(outbox.at).toBe("c");
    outbox.step(-Infinity);
    expect(outbox.at).toBe("a");
  });
});
