import { screen, within } from "@testing-library/svelte";
import { describe, expect, it, vi } from "vitest";

import type { Api } from "../api";
import { DRAFTS, row } from "../../test/samples";
import { listing } from "../../test/listing";
import { done, double, failing, heading, inTurn, openWindow, railButton } from "../../test/window";
import { deletesShown, leftShown } from "./words";

const DAY_MS = 86_400_000;
const inDays = (days: number) => Date.now() + days * DAY_MS + 60_000;

const TRASH = [
  row("t2", { changedAtMs: 2, deletesAtMs: inDays(29), caption: "Okafor v. Pinecrest HOA" }),
  row("t1", { changedAtMs: 1, deletesAtMs: inDays(3), files: 2 }),
  row("t0", { changedAtMs: 0, deletesAtMs: inDays(0), caption: "", subject: null, service: "Messenger" }),
];

/** A vault with three drafts in the trash, which leave it as they are restored or deleted. */
function vault(commands: Partial<Api> = {}) {
  let there = TRASH;
  const leave = (orders: readonly string[] | "all") => {
    const gone = orders === "all" ? there.map(({ order }) => order) : [...orders];
    there = there.filter(({ order }) => !gone.includes(order));
    return Promise.resolve(done(gone));
  };
  return double({
    orders: listing((list) => (list === "drafts" ? DRAFTS : list === "trash" ? there : [])),
    restoreDraft: vi.fn(async (order: string) => {
      await leave([order]);
      return done(null);
    }),
    discardDraft: vi.fn((order: string) => {
      there = TRASH.filter((row) => row.order === order || there.includes(row));
      return Promise.resolve(done(null));
    }),
    emptyTrash: vi.fn(leave),
    ...commands,
  });
}

async function open(api = vault()) {
  const opened = await openWindow(api);
  await opened.user.click(railButton("Drafts") ?? document.body);
  await opened.user.click(await screen.findByRole("button", { name: /^Trash, / }));
  await screen.findByRole("grid", { name: "Trash" });
  return opened;
}
const bodyRows = () => [...document.querySelectorAll<HTMLElement>("tbody tr:not(.gap)")];
const cells = (name: string) =>
  bodyRows().map((row) => row.querySelector(`.col-${name}`)?.textContent.trim());
const selected = () => screen.getByRole("row", { selected: true });
const button = (name: RegExp | string) => screen.getByRole("button", { name });
const dialog = () => screen.queryByRole("alertdialog");

describe("the days that are left", () => {
  const now = new Date(2026, 10, 24, 12);
  it.each([
    [30 * DAY_MS, "30 days"],
    [30 * DAY_MS - 5_000, "30 days"],
    [1.4 * DAY_MS, "1 day"],
    [DAY_MS - 1, "Under 1 day"],
    [-1, "Under 1 day"],
  ])("of %d ms are %s", (leftMs, says) => {
    expect(leftShown(now.getTime() + leftMs, now)).toBe(says);
  });

  it("end on a day that is named", () => {
    expect(deletesShown(now.getTime() + 29 * DAY_MS)).toBe("Deleted for good Wed Dec 23, 2026");
  });
});

describe("the way to the trash", () => {
  it("is at the foot of Drafts, with how many are in it, and only where some are", async () => {
    const { user, api } = await openWindow(vault());
    expect(screen.queryByRole("button", { name: /^Trash/ })).toBeNull();
    await user.click(railButton("Drafts") ?? document.body);
    expect(await screen.findByRole("button", { name: "Trash, 3" })).toBeTruthy();
    vi.mocked(api.orders).mockImplementation(listing([]));
    api.tell({ is: "lists" });
    await vi.waitFor(() => {
      expect(screen.queryByRole("button", { name: /^Trash/ })).toBeNull();
    });
  });

  it("counts a draft that is discarded there", async () => {
    const { user, api } = await openWindow(vault());
    await user.click(railButton("Drafts") ?? document.body);
    await screen.findByRole("button", { name: "Trash, 3" });
    vi.mocked(api.orders).mockImplementation(
      listing((list) => (list === "trash" ? [row("c", { deletesAtMs: inDays(30) }), ...TRASH] : [])),
    );
    await user.click(button("Discard"));
    expect(await screen.findByRole("button", { name: "Trash, 4" })).toBeTruthy();
  });
});

describe("the trash", () => {
  it("lists what was discarded, the last first, with the days left", async () => {
    await open();
    expect(heading().textContent).toBe("Trash");
    expect(document.activeElement).toBe(heading());
    expect(railButton("Drafts")?.getAttribute("aria-current")).toBe("page");
    expect(cells("caption")).toEqual([
      "Okafor v. Pinecrest HOA",
      "Delgado v. Northline Freight, Inc.",
      "No case named yet",
    ]);
    expect(cells("deletes")).toEqual(["29 days", "3 days", "Under 1 day"]);
    expect(screen.getByRole("columnheader", { name: /^Discarded/ })).toBeTruthy();
    expect(screen.getByText("3 drafts")).toBeTruthy();
  });

  it("is walked through, searched and left by keys", async () => {
    const { user } = await open();
    await user.keyboard("{ArrowDown}{ArrowDown}");
    expect(document.activeElement).toBe(bodyRows()[1]);
    await user.keyboard("/oka");
    expect(cells("caption")).toEqual(["Okafor v. Pinecrest HOA"]);
    await user.keyboard("zz");
    expect(screen.getByRole("heading", { level: 2 }).textContent).toBe("No draft matches “okazz”");
    await user.keyboard("{Escape}{Escape}");
    expect(heading().textContent).toBe("Drafts");
  });

  it("that cannot be read says so, and can be read again", async () => {
    const api = vault();
    const { user } = await open(api);
    vi.mocked(api.orders).mockResolvedValueOnce(failing("vault_unreachable", "The folder cannot be read."));
    api.tell({ is: "lists" });
    const alert = await screen.findByRole("alert");
    expect(alert.textContent).toContain("The trash could not be read.");
    await user.click(within(alert).getByRole("button", { name: "Retry" }));
    expect(await screen.findByRole("grid")).toBeTruthy();
  });
});

describe("a draft", () => {
  it("is restored by Enter, with the focus on the next, and can be opened or discarded again", async () => {
    const { user, api } = await open();
    await user.keyboard("{ArrowDown}{Enter}");
    await screen.findByText("Draft restored");
    expect(api.restoreDraft).toHaveBeenCalledExactlyOnceWith("t2");
    expect(cells("caption")).toHaveLength(2);
    await vi.waitFor(() => {
      expect(document.activeElement).toBe(selected());
    });
    await user.keyboard("{Control>}z{/Control}");
    await vi.waitFor(() => {
      expect(cells("caption")[0]).toBe("Okafor v. Pinecrest HOA");
      expect(document.activeElement).toBe(bodyRows()[0]);
    });
    expect(api.discardDraft).toHaveBeenCalledExactlyOnceWith("t2");
    await user.keyboard("{Enter}");
    await screen.findByText("Draft restored");
    await user.click(
      within(document.querySelector<HTMLElement>(".toast") ?? document.body).getByText("Open"),
    );
    expect(api.openDraft).toHaveBeenCalledExactlyOnceWith("t2");
  });

  it("that is not restored stays, and says why", async () => {
    const restoreDraft = vi.fn(inTurn(failing("not_saved", "The disk is full.")));
    const { user } = await open(vault({ restoreDraft }));
    await user.click(button("Restore"));
    const alert = await screen.findByRole("alert");
    expect(alert.textContent).toContain("The draft is still in the trash.");
    expect(alert.textContent).toContain("The disk is full.");
    expect(bodyRows()).toHaveLength(3);
  });

  it("is deleted for good only after a question, whose focus is on keeping", async () => {
    const { user, api } = await open();
    await user.keyboard("{ArrowDown}{ArrowDown}{Delete}");
    expect(dialog()?.textContent).toContain("Delete this draft for good?");
    expect(dialog()?.textContent).toContain("Delgado v. Northline Freight, Inc.");
    expect(document.activeElement?.textContent).toContain("Keep the draft");
    await user.keyboard("{Escape}");
    expect(dialog()).toBeNull();
    expect(api.emptyTrash).not.toHaveBeenCalled();
    expect(document.activeElement).toBe(bodyRows()[1]);
    await user.keyboard("{Delete}{Tab}{Enter}");
    await screen.findByText("Draft deleted for good");
    expect(api.emptyTrash).toHaveBeenCalledExactlyOnceWith(["t1"]);
    expect(bodyRows()).toHaveLength(2);
    expect(dialog()).toBeNull();
    await vi.waitFor(() => {
      expect(document.activeElement).toBe(selected());
    });
    expect(screen.queryByRole("button", { name: /^Undo/ })).toBeNull();
  });

  it("and all others are deleted together, whatever the search shows", async () => {
    const { user, api } = await open();
    await user.keyboard("/oka");
    await user.click(button("Empty the trash…"));
    expect(dialog()?.textContent).toContain("Delete 3 drafts for good?");
    await user.click(button("Delete for good"));
    await screen.findByText("3 drafts deleted for good");
    expect(api.emptyTrash).toHaveBeenCalledExactlyOnceWith("all");
    expect(screen.getByRole("heading", { level: 2 }).textContent).toBe("The trash is empty");
    expect(document.activeElement).toBe(heading());
  });

  it("that was not deleted is listed, and the failure is told", async () => {
    const emptyTrash = vi.fn(inTurn(failing("vault_unreachable", "The folder cannot be written.")));
    const { user } = await open(vault({ emptyTrash }));
    await user.click(button("Empty the trash…"));
    await user.click(button("Delete for good"));
    expect((await screen.findByRole("alert")).textContent).toContain("Not everything was deleted.");
    expect(bodyRows()).toHaveLength(3);
  });
});
