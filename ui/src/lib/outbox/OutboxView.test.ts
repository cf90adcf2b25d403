import { screen, within } from "@testing-library/svelte";
import { afterEach, describe, expect, it, vi } from "vitest";

import type { Api } from "../api";
import type { OutboxItemView } from "../bindings/OutboxItemView";
import type { TransferView } from "../bindings/TransferView";
import { BOUND, item, part, RECEIVED } from "../../test/samples";
import { done, double, failing, heading, inTurn, openWindow, railButton } from "../../test/window";

vi.mock("../form/OrderForm.svelte", () => import("../../test/FormDouble.svelte"));

const REJECTED: TransferView = { is: "rejected", code: "price_changed", message: "The price changed." };
const OFFLINE: TransferView = { is: "waiting", why: "offline", untilMs: null };
const LIST: OutboxItemView[] = [
  item("a", {
    caption: "Delgado v. Northline",
    submittedAtMs: 1,
    state: { is: "uploading" },
    parts: [part(null, 22_000, 22_000), part("Films.zip", 2_310_000_000, 1_419_000_000)],
  }),
  item("b", { caption: "Okafor v. Pinecrest", submittedAtMs: 2, state: OFFLINE, canBeTakenBack: true }),
  item("c", { caption: "", submittedAtMs: 3 }),
];

/** Opens the outbox; what is taken back is not in it any more. */
async function open(list: readonly OutboxItemView[] = LIST, commands: Partial<Api> = {}) {
  const gone = new Set<string>();
  const api = double({
    counts: vi.fn(() =>
      Promise.resolve(done({ drafts: 0, outbox: list.length - gone.size, active: 0, completed: 0 })),
    ),
    outbox: vi.fn(() => Promise.resolve(done(list.filter(({ order }) => !gone.has(order))))),
    connection: inTurn(done(BOUND)),
    takeBack: vi.fn((order: string) => {
      gone.add(order);
      return Promise.resolve(done(`${order}-again`));
    }),
    reviewDraft: vi.fn((order: string) =>
      Promise.resolve(done({ ...RECEIVED, order, received: null, submitted: true })),
    ),
    ...commands,
  });
  const opened = await openWindow(api);
  const button = railButton("Outbox");
  if (!button) throw new Error("no Outbox in the rail");
  await opened.user.click(button);
  return opened;
}
const parcels = () => screen.getAllByRole("group");
const parcel = (name: RegExp) => screen.getByRole("group", { name });
const names = () => parcels().map((one) => one.querySelector(".parcel-name :last-child")?.textContent);

describe("the outbox", () => {
  it("says what each order is, how far it is, and what is left", async () => {
    await open();
    expect(names()).toEqual(["Delgado v. Northline", "Okafor v. Pinecrest", "No case named"]);
    expect(parcels().map((one) => one.querySelector(".state")?.textContent.trim())).toEqual([
      "Uploading 61%",
      "Offline",
      "Queued",
    ]);
    expect(screen.getByText("3 orders, 891 MB left to send")).toBeTruthy();
    const first = parcel(/Delgado/);
    expect(within(first).getByText("Not received yet")).toBeTruthy();
    const lines = within(first)
      .getAllByRole("listitem")
      .map((line) => line.textContent.replace(/\s+/g, " ").trim());
    expect(lines).toEqual(["Work order Sent 22.0 KB", "Films.zip 1.41 of 2.31 GB"]);
    const bar = within(first).getByRole("progressbar", { name: "Films.zip" });
    expect(bar.getAttribute("value")).toBe("61");
    expect(bar.getAttribute("max")).toBe("100");
  });

  it("has the filled notice only where somebody is needed, and that order first", async () => {
    await open([...LIST, item("r", { caption: "Abernathy", submittedAtMs: 9, state: REJECTED })]);
    expect(names()[0]).toBe("Abernathy");
    const alert = screen.getByRole("alert");
    expect(alert.textContent).toContain("This order cannot be sent as it is. The price changed.");
    expect(railButton("Outbox")?.textContent.replace(/\s+/g, " ").trim()).toBe("Outbox 4, one needs you");
    expect(screen.getByRole("contentinfo").textContent).toContain("1 needs you");
  });

  it("of nothing says so", async () => {
    await open([]);
    expect(screen.getByRole("heading", { level: 2 }).textContent).toBe("Nothing is waiting to be sent");
    expect(railButton("Outbox")?.querySelector("svg")).toBeNull();
  });

  it("that cannot be read says so, and can be read again", async () => {
    const outbox = vi.fn(inTurn<OutboxItemView[]>(failing("internal", "A fault.")));
    const { user } = await open(LIST, { outbox });
    expect((await screen.findByRole("alert")).textContent).toContain(
      "The outbox could not be read. A fault.",
    );
    outbox.mockResolvedValue(done(LIST));
    await user.click(screen.getByRole("button", { name: "Retry" }));
    expect(document.activeElement).toBe(heading());
    expect(await screen.findAllByRole("group")).toHaveLength(3);
  });

  it("says what the provider said that does not hold", async () => {
    const connection = { is: "refused", message: "Satchel does not trust what it was told." } as const;
    await open(LIST, { connection: inTurn(done(connection)) });
    expect(screen.getByText("Satchel does not trust what it was told.")).toBeTruthy();
  });
});

describe("an order that moves on", () => {
  it("changes where it stands, and nothing else is drawn anew", async () => {
    const { api } = await open();
    const [first, second] = parcels();
    const state: TransferView = { is: "waiting", why: "stalled", untilMs: null };
    api.tell({ is: "outbox", item: item("b", { caption: "Okafor v. Pinecrest", submittedAtMs: 2, state }) });
    await vi.waitFor(() => {
      expect(second?.querySelector(".state")?.textContent.trim()).toBe("Stalled");
    });
    expect(parcels().slice(0, 2)).toEqual([first, second]);
    expect(first?.querySelector(".state")?.textContent.trim()).toBe("Uploading 61%");
  });

  it("keeps the focus where its button goes, and where it moves up", async () => {
    const { api, user } = await open();
    await user.click(screen.getByRole("button", { name: /^Send now: .*Okafor/ }));
    expect(api.sendNow).toHaveBeenCalledTimes(1);
    api.tell({ is: "outbox", item: item("b", { submittedAtMs: 2, state: { is: "uploading" } }) });
    await vi.waitFor(() => {
      expect(screen.queryByRole("button", { name: /^Send now/ })).toBeNull();
    });
    await vi.waitFor(() => {
      expect(document.activeElement).toBe(parcels()[1]);
    });
    const focused = document.activeElement;
    api.tell({ is: "outbox", item: item("b", { submittedAtMs: 2, state: REJECTED }) });
    await vi.waitFor(() => {
      expect(parcels()[0]).toBe(focused);
    });
    expect(document.activeElement).toBe(focused);
  });

  it("and is received leaves the focus to the next one", async () => {
    const list = [...LIST];
    const { api, user } = await open(list);
    await user.keyboard("{ArrowDown}");
    expect(document.activeElement).toBe(parcel(/Delgado/));
    list.shift();
    vi.mocked(api.outbox).mockResolvedValue(done(list));
    api.tell({ is: "lists" });
    await vi.waitFor(() => {
      expect(document.activeElement).toBe(parcel(/Okafor/));
    });
    expect(parcels()).toHaveLength(2);
  });
});

describe("what can be done", () => {
  it("is to take an order back, and to open the draft that it is again", async () => {
    const { api, user } = await open();
    expect(screen.getAllByRole("button", { name: /^Take back/ })).toHaveLength(1);
    await user.click(screen.getByRole("button", { name: /^Take back: .*Okafor/ }));
    expect(api.takeBack).toHaveBeenCalledWith("b");
    expect(await screen.findByText("It is a draft again.")).toBeTruthy();
    expect(names()).toEqual(["Delgado v. Northline", "No case named"]);
    expect(document.activeElement).toBe(parcels()[1]);
    await user.click(screen.getByRole("button", { name: "Open the draft" }));
    expect(heading().textContent).toBe("Form of b-again");
    expect(screen.queryByText("It is a draft again.")).toBeNull();
  });

  it("says why an order was not taken back", async () => {
    const takeBack = inTurn<string>(failing("frozen", "This order is on its way."));
    const { user } = await open(LIST, { takeBack });
    await user.click(screen.getByRole("button", { name: /^Take back/ }));
    const alert = await screen.findByRole("alert");
    expect(alert.textContent).toContain("The order was not taken back. This order is on its way.");
    expect(parcels()).toHaveLength(3);
  });

  it("is not to send now where there is no provider", async () => {
    await open([item("n", { state: { is: "waiting", why: "no-provider", untilMs: null } })], {
      connection: inTurn(done({ is: "no-provider" } as const)),
    });
    expect(parcels()).toHaveLength(1);
    expect(screen.queryByRole("button", { name: /^Send now/ })).toBeNull();
  });

  it("is all done by keys", async () => {
    const { user } = await open();
    expect(document.activeElement).toBe(heading());
    await user.keyboard("{ArrowDown}");
    expect(document.activeElement).toBe(parcels()[0]);
    for (const [key, place] of [
      ["ArrowDown", 1],
      ["End", 2],
      ["ArrowDown", 2],
      ["Home", 0],
      ["ArrowUp", 0],
    ] as const) {
      await user.keyboard(`{${key}}`);
      await vi.waitFor(() => {
        expect(document.activeElement).toBe(parcels()[place]);
      });
      expect(document.querySelectorAll(".parcel[tabindex='0']")).toHaveLength(1);
    }
    await user.keyboard("{ArrowDown}{Tab}");
    expect(document.activeElement?.textContent).toBe("Send now");
    await user.keyboard("{Shift>}{Tab}{/Shift}{Enter}");
    expect(await screen.findByRole("heading", { level: 1, name: "Submitted order" })).toBeTruthy();
    await user.keyboard("{Escape}");
    expect(heading().textContent).toBe("Outbox");
    await user.keyboard("{ArrowDown}");
    await vi.waitFor(() => {
      expect(document.activeElement).toBe(parcel(/Okafor/));
    });
  });
});

describe("when it is tried again", () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it("is counted down for the eye, and told once to who listens", async () => {
    vi.useFakeTimers({
      now: new Date(2026, 10, 24, 10, 51, 8),
      toFake: ["Date", "setInterval", "clearInterval"],
    });
    const untilMs = Date.now() + 52_000;
    await open([item("s", { state: { is: "waiting", why: "stalled", untilMs } })]);
    const words = () => parcels()[0]?.querySelector(".parcel-says");
    const listened = () => words()?.querySelector(".only-read")?.textContent;
    const seen = () => words()?.querySelector("[aria-hidden='true']")?.textContent;
    expect(seen()).toBe("Trying again in 0:52.");
    expect(listened()).toBe("Trying again at 10:52:00 AM.");
    vi.advanceTimersByTime(2_000);
    await vi.waitFor(() => {
      expect(seen()).toBe("Trying again in 0:50.");
    });
    expect(listened()).toBe("Trying again at 10:52:00 AM.");
    vi.advanceTimersByTime(50_000);
    await vi.waitFor(() => {
      expect(seen()).toBe("Trying again now.");
    });
  });
});
