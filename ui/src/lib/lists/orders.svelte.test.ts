import { describe, expect, it, vi } from "vitest";

import type { Answer } from "../api";
import type { OrderPageView } from "../bindings/OrderPageView";
import type { OrderQueryView } from "../bindings/OrderQueryView";
import { pageOf } from "../../test/listing";
import { row } from "../../test/samples";
import { done, failing } from "../../test/window";
import { Orders } from "./orders.svelte";
import { NO_ROWS } from "./page";

const MANY = Array.from({ length: 1000 }, (_, place) => row(`o${place}`, { changedAtMs: 1000 - place }));

function read(rows = MANY) {
  return vi.fn((query: OrderQueryView) => Promise.resolve(done(pageOf(rows, query))));
}

/** A shell whose answers are given one by one. */
function slow() {
  const open: { query: OrderQueryView; answer: (page: Answer<OrderPageView>) => void }[] = [];
  const ask = (query: OrderQueryView) =>
    new Promise<Answer<OrderPageView>>((answer) => {
      open.push({ query, answer });
    });
  return { open, ask };
}

const settled = () => new Promise((go) => setTimeout(go));

describe("Orders", () => {
  it("has only the rows near what is seen, and asks for others as they come into sight", async () => {
    const ask = read();
    const orders = new Orders(ask, "drafts");
    await orders.load();
    expect([orders.count, orders.found, orders.place, orders.current?.order]).toEqual([1000, 1000, 0, "o0"]);
    expect(orders.row(199)?.order).toBe("o199");
    expect(orders.row(200)).toBeNull();

    orders.see(0, 40);
    orders.see(100, 140);
    expect(ask).toHaveBeenCalledTimes(1);
    orders.see(500, 540);
    await settled();
    expect(ask).toHaveBeenCalledTimes(2);
    expect(orders.row(520)?.order).toBe("o520");
    // The current row has left the rows that are here, and is known still.
    expect(orders.row(0)?.order).toBe("o0");
    expect(orders.row(1)).toBeNull();
  });

  it("goes to a row that is not here yet", async () => {
    const ask = read();
    const orders = new Orders(ask, "drafts");
    await orders.load();
    orders.goTo(999);
    expect([orders.place, orders.current]).toEqual([999, null]);
    await settled();
    expect(orders.current?.order).toBe("o999");
    // It stays the current one when what is seen catches up, and when the list turns round.
    orders.see(980, 1000);
    await settled();
    expect(orders.current?.order).toBe("o999");
    orders.sortBy("changed");
    await settled();
    expect([orders.place, orders.current?.order]).toEqual([0, "o999"]);
  });

  it("goes to an order wherever it stands", async () => {
    const orders = new Orders(read(), "drafts");
    await orders.goToOrder("o700");
    expect([orders.place, orders.current?.order]).toEqual([700, "o700"]);
  });

  it("keeps the place of what is gone", async () => {
    let rows = MANY;
    const orders = new Orders((query) => Promise.resolve(done(pageOf(rows, query))), "drafts");
    await orders.load();
    orders.goTo(5);
    orders.leaveOut("o5");
    expect([orders.count, orders.place, orders.current?.order]).toEqual([999, 5, "o6"]);
    rows = rows.filter(({ order }) => order !== "o5");
    await orders.load();
    expect([orders.place, orders.current?.order]).toEqual([5, "o6"]);
    rows = rows.slice(0, 3);
    await orders.load();
    expect([orders.place, orders.current?.order]).toEqual([2, "o2"]);
    rows = [];
    await orders.load();
    expect([orders.place, orders.current]).toEqual([-1, null]);
  });

  it("asks one question at a time, and the last one wins", async () => {
    const { open, ask } = slow();
    const orders = new Orders(ask, "drafts");
    void orders.load();
    for (const text of ["d", "de", "del"]) orders.query = text;
    expect(open.map(({ query }) => query.text)).toEqual([""]);
    open[0]?.answer(done(pageOf(MANY, open[0].query)));
    await settled();
    // What was answered is not what is wanted any more: it is not shown.
    expect(orders.state.is).toBe("waiting");
    expect(open.map(({ query }) => query.text)).toEqual(["", "del"]);
    open[1]?.answer(done(pageOf(MANY, open[1].query)));
    await settled();
    expect([orders.state.is, orders.lookedFor, orders.found]).toEqual(["there", "del", 1000]);
    expect(open).toHaveLength(2);
  });

  it("stays with what was chosen while an answer is on its way", async () => {
    const { open, ask } = slow();
    const orders = new Orders(ask, "drafts");
    const answer = () => {
      const asked = open.shift();
      asked?.answer(done(pageOf(MANY, asked.query)));
      return settled();
    };
    void orders.load();
    await answer();
    orders.goTo(3);
    void orders.load();
    orders.goTo(4);
    await answer();
    expect([orders.place, orders.current?.order]).toEqual([4, "o4"]);
    await answer();
    expect([orders.place, orders.current?.order, open.length]).toEqual([4, "o4", 0]);
  });

  it("shows rows that are still looked for, though others are wanted by now", async () => {
    const { open, ask } = slow();
    const orders = new Orders(ask, "drafts");
    void orders.load();
    orders.see(300, 340);
    void orders.load();
    open[0]?.answer(done(pageOf(MANY, open[0].query)));
    await settled();
    expect([orders.state.is, orders.found, open.length]).toEqual(["there", 1000, 2]);
  });

  it("does not ask for ever where the answers make no sense", async () => {
    const page = pageOf(MANY, NO_ROWS);
    const ask = vi.fn(() => Promise.resolve(done({ ...page, found: 3 })));
    const orders = new Orders(ask, "drafts");
    await orders.load();
    expect(ask).toHaveBeenCalledTimes(2);
    expect(orders.current).toBeNull();
  });

  it("tells a failure, and what is wanted can be asked again", async () => {
    const ask = read();
    ask.mockResolvedValueOnce(failing("vault_unreachable", "The folder cannot be read."));
    const orders = new Orders(ask, "drafts");
    await orders.load();
    expect(orders.state.is).toBe("failed");
    await orders.load();
    expect(orders.state.is).toBe("there");
  });

  it("narrows by filters, and is cleared at once", async () => {
    const rows = [row("a", { service: "Messenger" }), row("b"), row("c", { state: "paid" })];
    const orders = new Orders(read(rows), "active");
    await orders.load();
    expect(orders.services).toEqual(["Messenger", "Records retrieval"]);
    orders.service = "Messenger";
    await settled();
    expect([orders.found, orders.isNarrowed]).toEqual([1, true]);
    orders.stateAsked = "paid";
    await settled();
    expect([orders.found, orders.count]).toEqual([0, 3]);
    orders.clear();
    await settled();
    expect([orders.found, orders.isNarrowed]).toEqual([3, false]);
  });
});
