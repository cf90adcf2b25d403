import { screen, within } from "@testing-library/svelte";
import { tick } from "svelte";
import { beforeEach, describe, expect, it, vi } from "vitest";

import { check, openOrder, pay, spoken } from "../../test/order";
import { RECEIVED, receivedAs, SUM } from "../../test/samples";
import { done, failing, heading, inTurn } from "../../test/window";

const AT = (day: number, hour: number, minute: number) => new Date(2026, 10, day, hour, minute).getTime();
const print = vi.fn();
const side = () => screen.getByRole("complementary", { name: "Order" });
const sections = () =>
  [...document.querySelectorAll(".order-main > section")].map((section) =>
    section.querySelector("h2")?.firstChild?.textContent?.trim(),
  );

beforeEach(() => {
  print.mockClear();
  vi.stubGlobal("print", print);
});

describe("the page of a received order", () => {
  it("has its number, service and state at the head, and the order as it was sent", async () => {
    await openOrder();
    expect(heading().textContent).toBe("26-04187");
    expect(document.activeElement).toBe(heading());
    const head = document.querySelector(".form-head");
    expect(head?.querySelector(".head-service")?.textContent).toBe("Records retrieval");
    expect(head?.querySelector(".state")?.textContent.trim()).toBe("Awaiting payment");
    const paper = screen.getByRole("article");
    expect(paper.querySelector(".at-end")?.textContent).toBe(
      "Work order 26-04187Records retrievalMon Nov 23, 2026",
    );
    expect(sections()).toEqual(["Payment", "What it covers", "As it was sent"]);
  });

  it("has beside it the case, who received it and when", async () => {
    await openOrder();
    const facts = within(side())
      .getAllByRole("term")
      .map((term) => [term.textContent, term.nextElementSibling?.textContent]);
    expect(facts).toEqual([
      ["Subject", "Maria Elena Delgado"],
      ["Client-matter", "10452-003"],
      ["Received", "Mon Nov 23, 2026, 11:04 AM"],
      ["By", "Example Legal Support"],
      ["Submitted", "Mon Nov 23, 2026, 10:58 AM"],
      ["Files", "2 files, 2.31 GB"],
      ["Manifest", "9f2c 41d8 … 07be a6e3"],
    ]);
    expect(within(side()).getByTitle(SUM)).toBeTruthy();
    expect(within(side()).getByRole("group", { name: "Case caption" })).toBeTruthy();
  });

  it("has a timeline of one line each, the newest first", async () => {
    vi.useFakeTimers({ now: new Date(2026, 10, 23, 12), toFake: ["Date"] });
    await openOrder(
      receivedAs({
        timeline: [
          { atMs: AT(23, 11, 30), event: { is: "payment", state: "paid", amountCents: 16_650 } },
          { atMs: AT(22, 11, 4), event: { is: "received", files: 2 } },
        ],
      }),
    );
    vi.useRealTimers();
    const items = within(within(side()).getByRole("list", { name: "Timeline" })).getAllByRole("listitem");
    expect(items.map((item) => item.textContent.replace(/\s+/g, " ").trim())).toEqual([
      "Today 11:30 AM Paid $166.50",
      "Nov 22 11:04 AM Received: 2 files verified",
    ]);
  });

  it("says at the top what is not believed", async () => {
    await openOrder(receivedAs({ disbelieved: "Its server said that it costs less." }));
    const alert = screen.getByRole("alert");
    expect(alert.textContent).toContain("Its server said that it costs less. It is not believed");
    expect(alert.compareDocumentPosition(pay()) & Node.DOCUMENT_POSITION_FOLLOWING).toBeTruthy();
  });

  it("shows what was written as text, the oldest first, and asks for an answer where one is needed", async () => {
    const text = "<img src=x onerror=alert(1)>\nWhich study?";
    await openOrder(
      receivedAs({
        state: "needs-information",
        timeline: [
          { atMs: AT(9, 9, 20), event: { is: "message", text } },
          { atMs: AT(6, 14, 10), event: { is: "message", text: "Hello." } },
        ],
      }),
    );
    const messages = screen.getByRole("region", { name: "Messages" });
    const written = within(messages)
      .getAllByRole("listitem")
      .map((item) => item.querySelector(".lines")?.textContent);
    expect(written).toEqual(["Hello.", text]);
    expect(document.querySelector("img")).toBeNull();
    expect(messages.querySelector(".notice")?.textContent).toContain("needs information to go on");
  });

  it("leads, once it is done, with what came back", async () => {
    const returned = [{ number: 1, name: "Records.pdf", length: 9, sha256: SUM, atMs: AT(9, 9, 0) }];
    await openOrder(receivedAs({ state: "completed", returned }, { state: "paid" }));
    expect(sections()).toEqual(["Returned documents", "Receipt", "As it was sent"]);
  });

  it("says, once it is done, that nothing came back", async () => {
    await openOrder(receivedAs({ state: "completed" }));
    expect(screen.getByText("No document came back with this order.")).toBeTruthy();
  });
});

describe("the keyboard", () => {
  it("goes back by Esc, prints by Ctrl+P, and has the side as a pane", async () => {
    const { user } = await openOrder();
    await user.keyboard("{Control>}p{/Control}");
    expect(print).toHaveBeenCalledTimes(1);
    await user.keyboard("{F6}");
    expect(document.activeElement).toBe(side());
    await user.keyboard("{F6}");
    expect(document.activeElement).toBe(screen.getByRole("contentinfo"));
    await user.keyboard("{Escape}");
    expect(heading().textContent).toBe("Active");
    await user.keyboard("{Control>}{Enter}{/Control}{Control>}p{/Control}");
    expect(print).toHaveBeenCalledTimes(1);
  });
});

describe("what is new", () => {
  const PAID = receivedAs({ state: "paid" }, { state: "paid" });

  it("is read again for this order, and by a change of the lists", async () => {
    const { api } = await openOrder();
    api.tell({ is: "order", order: "another" });
    expect(api.reviewDraft).toHaveBeenCalledTimes(1);
    api.tell({ is: "order", order: "c" });
    api.tell({ is: "lists" });
    expect(api.reviewDraft).toHaveBeenCalledTimes(3);
  });

  it("is said once, and what was there from the start is not", async () => {
    const { become } = await openOrder();
    expect(spoken()).toBe("");
    become(PAID);
    await vi.waitFor(() => {
      expect(spoken()).toBe("Paid $166.50.");
    });
    const said = document.querySelector(".view > [role='status']")?.firstChild;
    become(receivedAs({ state: "paid", heardAtMs: AT(23, 12, 0) }, { state: "paid" }));
    await screen.findByText(/^Last heard from/);
    expect(document.querySelector(".view > [role='status']")?.firstChild).toBe(said);
    // Nothing that changes on the page speaks for itself beside it.
    expect(document.querySelector(".order [aria-live]")).toBeNull();
  });

  it("leaves the focus and the scroll where they are", async () => {
    const { user, become } = await openOrder();
    await user.click(check());
    const pane = document.querySelector(".order-main");
    if (!pane) throw new Error("no pane");
    pane.scrollTop = 120;
    const button = check();
    become(PAID);
    await screen.findByRole("article", { name: "Receipt" });
    expect(document.activeElement).toBe(button);
    expect(document.querySelector(".order-main")).toBe(pane);
    expect(pane.scrollTop).toBe(120);
    become(receivedAs({ state: "completed" }, { state: "paid" }));
    await screen.findByText("No document came back with this order.");
    expect(document.activeElement).toBe(button);
  });

  it("that cannot be read leaves what was read, until it can", async () => {
    const { api, become } = await openOrder();
    vi.mocked(api.reviewDraft).mockImplementation(inTurn(failing("internal", "A fault.")));
    api.tell({ is: "order", order: "c" });
    expect((await screen.findByRole("alert")).textContent).toContain("it is as it was. A fault.");
    expect(pay()).toBeTruthy();
    become(RECEIVED);
    await vi.waitFor(() => {
      expect(screen.queryByRole("alert")).toBeNull();
    });
  });

  it("does not come from an answer that is older", async () => {
    const { api } = await openOrder();
    let late = (): void => undefined;
    vi.mocked(api.reviewDraft)
      .mockImplementationOnce(
        () =>
          new Promise(
            (resolve) =>
              (late = () => {
                resolve(done(RECEIVED));
              }),
          ),
      )
      .mockResolvedValue(done(PAID));
    api.tell({ is: "order", order: "c" });
    api.tell({ is: "order", order: "c" });
    await screen.findByRole("article", { name: "Receipt" });
    late();
    // Whatever comes of the answer comes within its own microtasks.
    await tick();
    await tick();
    await tick();
    expect(screen.getByRole("article", { name: "Receipt" })).toBeTruthy();
  });
});
