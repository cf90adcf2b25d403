import { screen, within } from "@testing-library/svelte";
import { tick } from "svelte";
import { describe, expect, it, vi } from "vitest";

import type { Api } from "../api";
import type { OrderRow } from "../bindings/OrderRow";
import { DRAFTS, row } from "../../test/samples";
import { listing } from "../../test/listing";
import { done, double, failing, heading, inTurn, openWindow, railButton } from "../../test/window";

/** A vault with drafts, in which a discarded one is gone until it is restored. */
function vault(rows: readonly OrderRow[] = DRAFTS, commands: Partial<Api> = {}) {
  const trash = new Set<string>();
  const there = () => rows.filter(({ order }) => !trash.has(order));
  return double({
    counts: vi.fn(() =>
      Promise.resolve(done({ drafts: there().length, outbox: 0, active: 0, completed: 0 })),
    ),
    orders: listing((list) => (list === "drafts" ? there() : [])),
    discardDraft: vi.fn((order: string) => {
      trash.add(order);
      return Promise.resolve(done(null));
    }),
    restoreDraft: vi.fn((order: string) => {
      trash.delete(order);
      return Promise.resolve(done(null));
    }),
    ...commands,
  });
}

const open = async (api = vault()) => {
  const opened = await openWindow(api);
  await screen.findByRole("grid");
  return opened;
};
const bodyRows = () => [...document.querySelectorAll<HTMLElement>("tbody tr:not(.gap)")];
const captions = () => bodyRows().map((row) => row.querySelector(".col-caption")?.textContent.trim());
const selected = () => screen.getByRole("row", { selected: true });
const cell = (name: string) => selected().querySelector(`.col-${name}`)?.textContent.trim();

describe("the first view", () => {
  it("is Drafts where there are drafts and nothing active", async () => {
    await open();
    expect(heading().textContent).toBe("Drafts");
    expect(document.activeElement).toBe(document.body);
    expect(railButton("Drafts")?.textContent.replace(/\s+/g, " ").trim()).toBe("Drafts 3");
  });

  it("is Active otherwise", async () => {
    const counts = done({ drafts: 3, outbox: 0, active: 1, completed: 0 });
    await openWindow(vault(DRAFTS, { counts: inTurn(counts) }));
    expect(heading().textContent).toBe("Active");
  });
});

describe("the rows", () => {
  it("say what each draft is, the one that changed last first", async () => {
    await open();
    expect(captions()).toEqual([
      "Delgado v. Northline Freight, Inc.",
      "Okafor v. Pinecrest HOA",
      "No case named yet",
    ]);
    expect(screen.getByRole("grid").getAttribute("aria-rowcount")).toBe("4");
    expect(["service", "subject", "finish", "files", "amount"].map(cell)).toEqual([
      "Records retrieval",
      "Maria Delgado",
      "4",
      "2",
      "448.50",
    ]);
    expect(screen.getByText("3 drafts")).toBeTruthy();
  });

  it("warn only of what is due or past", async () => {
    vi.useFakeTimers({ now: new Date(2026, 10, 23, 12), toFake: ["Date"] });
    await open(
      vault([
        row("a", { due: "2026-11-20", changedAtMs: 9 }),
        row("b", { due: "2026-11-24", changedAtMs: 8 }),
        row("c", { due: "2026-12-01", changedAtMs: 7 }),
        row("d", { due: "soon", changedAtMs: 6 }),
      ]),
    );
    vi.useRealTimers();
    const due = bodyRows().map((row) => row.querySelector(".col-due"));
    expect(due.map((cell) => cell?.textContent.trim())).toEqual(["3 d late", "Tue Nov 24", "Tue Dec 1", ""]);
    expect(due.map((cell) => cell?.className.split(" ").find((name) => name.startsWith("due-")))).toEqual([
      "due-late",
      "due-near",
      "due-plain",
      undefined,
    ]);
  });

  it("are one tab stop, walked through by keys", async () => {
    const { user } = await open();
    await user.click(heading());
    await user.keyboard("{ArrowDown}");
    expect(document.activeElement).toBe(bodyRows()[0]);
    for (const [key, place] of [
      ["ArrowDown", 1],
      ["End", 2],
      ["ArrowDown", 2],
      ["Home", 0],
      ["PageDown", 1],
      ["PageUp", 0],
    ] as const) {
      await user.keyboard(`{${key}}`);
      await tick();
      expect(document.activeElement).toBe(bodyRows()[place]);
      expect(document.querySelectorAll("tr[tabindex='0']")).toHaveLength(1);
      expect(document.querySelectorAll("[aria-selected='true']")).toHaveLength(1);
    }
    await user.tab();
    expect(document.activeElement?.closest("table")).toBeNull();
  });

  it("open by Enter and by a double click, and Esc leads back to the row", async () => {
    const { user } = await open();
    await user.click(heading());
    await user.keyboard("{ArrowDown}{ArrowDown}{Enter}");
    expect(screen.queryByRole("grid")).toBeNull();
    expect(document.activeElement).toBe(heading());
    expect(railButton("Drafts")?.getAttribute("aria-current")).toBe("page");
    await user.keyboard("{Escape}");
    expect(heading().textContent).toBe("Drafts");
    await screen.findByRole("grid");
    await user.dblClick(selected());
    expect(screen.queryByRole("grid")).toBeNull();
  });

  it("take the click that chooses one", async () => {
    const { user } = await open();
    await user.click(screen.getByText("Okafor v. Pinecrest HOA"));
    expect(cell("caption")).toBe("Okafor v. Pinecrest HOA");
    expect(document.activeElement).toBe(selected());
  });

  it("are made only near what is seen, of a hundred thousand", async () => {
    const many = Array.from({ length: 100_000 }, (_, place) =>
      row(`o${place}`, { changedAtMs: 100_000 - place }),
    );
    const { user } = await open(vault(many));
    expect(bodyRows().length).toBeLessThan(50);
    expect(screen.getByRole("grid").getAttribute("aria-rowcount")).toBe("100001");
    expect(screen.getByText("100,000 drafts")).toBeTruthy();
    await user.click(heading());
    await user.keyboard("{ArrowDown}{End}");
    await vi.waitFor(() => {
      expect(document.activeElement?.getAttribute("aria-rowindex")).toBe("100001");
    });
    expect(bodyRows().length).toBeLessThan(50);
    const gaps = [...document.querySelectorAll<HTMLElement>(".gap td")].map(({ style }) =>
      parseInt(style.height),
    );
    expect(gaps.reduce((sum, px) => sum + px, 0) + bodyRows().length * 32).toBe(3_200_000);
  });
});

describe("the heads", () => {
  it("sort by a click, and say so", async () => {
    const { user } = await open();
    const head = (name: string) => screen.getByRole("columnheader", { name });
    expect(head("Changed").getAttribute("aria-sort")).toBe("descending");
    await user.click(within(head("Caption")).getByRole("button"));
    expect(captions()[0]).toBe("Delgado v. Northline Freight, Inc.");
    expect(head("Caption").getAttribute("aria-sort")).toBe("ascending");
    expect(document.querySelectorAll("[aria-sort]")).toHaveLength(1);
    await user.click(within(head("Caption")).getByRole("button"));
    expect(captions()).toEqual([
      "Okafor v. Pinecrest HOA",
      "Delgado v. Northline Freight, Inc.",
      "No case named yet",
    ]);
  });

  it("are reached from the first row, and sort by Enter", async () => {
    const { user } = await open();
    await user.click(heading());
    await user.keyboard("{ArrowDown}{ArrowUp}");
    expect(document.activeElement?.textContent).toContain("Changed");
    await user.keyboard("{Home}{ArrowRight}");
    expect(document.activeElement?.textContent).toContain("Caption");
    await user.keyboard("{Enter}");
    expect(captions()[0]).toBe("Delgado v. Northline Freight, Inc.");
    expect(document.activeElement?.textContent).toContain("Caption");
    await user.keyboard("{ArrowDown}");
    expect(document.activeElement).toBe(selected());
  });
});

describe("the search", () => {
  it.each(["{Control>}f{/Control}", "/"])("is reached by %s, and finds by words", async (keys) => {
    const { user } = await open();
    await user.keyboard(keys);
    const search = screen.getByRole("searchbox", { name: "Search orders" });
    expect(document.activeElement).toBe(search);
    await user.keyboard("pine oka");
    expect(captions()).toEqual(["Okafor v. Pinecrest HOA"]);
    expect([...document.querySelectorAll("mark")].map(({ textContent }) => textContent)).toEqual([
      "Oka",
      "Pine",
    ]);
    expect(screen.getByText("1 of 3 drafts")).toBeTruthy();
    await user.keyboard("{Enter}");
    expect(document.activeElement).toBe(bodyRows()[0]);
  });

  it("takes a slash and a digit as text", async () => {
    const { user } = await open();
    await user.keyboard("/12/21");
    expect(screen.getByRole<HTMLInputElement>("searchbox").value).toBe("12/21");
  });

  it("says what nothing matches, and Esc clears before it goes back", async () => {
    const { user } = await open();
    await user.keyboard("/lindquist");
    expect(screen.getByRole("heading", { level: 2 }).textContent).toBe("No draft matches “lindquist”");
    expect(screen.queryByRole("grid")).toBeNull();
    await user.keyboard("{Escape}");
    expect(captions()).toHaveLength(3);
    expect(heading().textContent).toBe("Drafts");
    await user.keyboard("zz");
    await user.click(screen.getByRole("button", { name: /^Clear search/ }));
    expect(captions()).toHaveLength(3);
    expect(document.activeElement).toBe(screen.getByRole("searchbox"));
  });
});

describe("Delete", () => {
  it("discards a draft, keeps the focus in the list, and Undo brings it back", async () => {
    const { user, api } = await open();
    await user.click(screen.getByText("Okafor v. Pinecrest HOA"));
    await user.keyboard("{Delete}");
    await screen.findByText("Draft discarded");
    expect(api.discardDraft).toHaveBeenCalledExactlyOnceWith("b");
    expect(captions()).toEqual(["Delgado v. Northline Freight, Inc.", "No case named yet"]);
    expect(cell("caption")).toBe("No case named yet");
    await vi.waitFor(() => {
      expect(document.activeElement).toBe(selected());
    });
    expect(await screen.findByRole("button", { name: "Drafts 2" })).toBeTruthy();
    await user.click(screen.getByRole("button", { name: /^Undo/ }));
    await vi.waitFor(() => {
      expect(cell("caption")).toBe("Okafor v. Pinecrest HOA");
      expect(document.activeElement).toBe(selected());
    });
    expect(api.restoreDraft).toHaveBeenCalledExactlyOnceWith("b");
    expect(await screen.findByRole("button", { name: "Drafts 3" })).toBeTruthy();
  });

  it("takes the focus to the heading when the last draft is gone", async () => {
    const { user } = await open(vault([row("a")]));
    await user.click(screen.getByRole("button", { name: "Discard" }));
    expect((await screen.findByRole("heading", { level: 2 })).textContent).toBe("No drafts");
    await vi.waitFor(() => {
      expect(document.activeElement).toBe(heading());
    });
  });

  it("tells when it could not, and the draft stays", async () => {
    const message = "The disk is full. The draft is as it was.";
    const { user } = await open(
      vault(DRAFTS, { discardDraft: vi.fn(inTurn(failing("not_saved", message))) }),
    );
    await user.click(screen.getByText("Okafor v. Pinecrest HOA"));
    await user.keyboard("{Delete}");
    const alert = await screen.findByRole("alert");
    expect(alert.textContent).toContain("The draft was not discarded.");
    expect(alert.textContent).toContain(message);
    expect(captions()).toHaveLength(3);
    expect(screen.queryByText("Draft discarded")).toBeNull();
  });
});

describe("a list", () => {
  it("that cannot be read says so, and can be read again", async () => {
    const orders = listing(DRAFTS);
    orders.mockResolvedValueOnce(failing("vault_unreachable", "The folder cannot be read."));
    const { user } = await openWindow(vault(DRAFTS, { orders }));
    const alert = await screen.findByRole("alert");
    expect(alert.textContent).toContain("The list could not be read.");
    expect(alert.textContent).toContain("The folder cannot be read.");
    await user.click(within(alert).getByRole("button", { name: "Retry" }));
    expect(document.activeElement).toBe(heading());
    await screen.findByRole("grid");
    expect(document.activeElement).toBe(heading());
  });

  it("is read again when it changes elsewhere, and the current row stays current", async () => {
    const { user, api } = await open();
    await user.click(screen.getByText("Okafor v. Pinecrest HOA"));
    vi.mocked(api.orders).mockImplementation(
      listing([row("new", { changedAtMs: 9, caption: "New v. Old" }), ...DRAFTS]),
    );
    vi.mocked(api.counts).mockResolvedValue(done({ drafts: 4, outbox: 0, active: 0, completed: 0 }));
    api.tell({ is: "lists" });
    await screen.findByText("New v. Old");
    expect(cell("caption")).toBe("Okafor v. Pinecrest HOA");
    expect(document.activeElement).toBe(selected());
    expect(await screen.findByRole("button", { name: "Drafts 4" })).toBeTruthy();
  });

  it("of numbered orders shows their number and nothing to finish", async () => {
    const orders = listing([row("a", { number: "26-04187" })]);
    await openWindow(double({ orders }));
    await screen.findByText("26-04187");
    expect(orders).toHaveBeenCalledWith(
      "active",
      expect.objectContaining({ column: "due", descending: false }),
    );
    const heads = screen.getAllByRole("columnheader").map((head) => head.textContent.trim());
    expect(heads).toContain("Order no.");
    expect(heads).not.toContain("To finish");
    expect(screen.queryByRole("button", { name: "Discard" })).toBeNull();
  });
});
