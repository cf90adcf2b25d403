import { screen } from "@testing-library/svelte";
import axe from "axe-core";
import { describe, expect, it, vi } from "vitest";

import { System } from "./test/system";
import type { Api } from "./lib/api";
import type { OrderStateView } from "./lib/bindings/OrderStateView";
import type { PaymentStateView } from "./lib/bindings/PaymentStateView";
import type { ReviewView } from "./lib/bindings/ReviewView";
import { STATE_CHIPS } from "./lib/shell/chips";
import { CLOSED, LOCK_SETTINGS, LOCKED } from "./test/keys";
import { BOUND, DRAFTS, item, part, receivedAs, REVIEW, row, SERVICES } from "./test/samples";
import { VERSIONS } from "./test/versions";
import { listing } from "./test/listing";
import { done, double, failed, failing, heading, inTurn, openWindow, railButton } from "./test/window";

// jsdom computes no colours: contrast.test.ts holds them, for both themes.
const options: axe.RunOptions = { rules: { "color-contrast": { enabled: false } } };

async function violations() {
  const { violations } = await axe.run(document, options);
  return violations.map(({ id, nodes }) => [id, ...nodes.map((node) => node.html)]);
}

vi.mock("./lib/form/OrderForm.svelte", () => import("./test/FormDouble.svelte"));

describe.each(["light", "dark"] as const)("axe, %s", (theme) => {
  const open = async (commands: Partial<Api> = {}) => {
    document.documentElement.lang = "en-US";
    if (theme === "dark") System.current.goDark();
    const opened = await openWindow(double(commands));
    expect(document.documentElement.dataset.theme).toBe(theme);
    return opened;
  };
  const withDrafts = {
    counts: inTurn(done({ drafts: 3, outbox: 0, active: 0, completed: 0 })),
    orders: listing(DRAFTS),
    services: inTurn(done(SERVICES)),
    reviewDraft: inTurn(done(REVIEW)),
  };

  it.each(["Drafts", "Outbox", "Active", "Completed", "New order", "Settings"])("%s, empty", async (view) => {
    const { user } = await open();
    const button = railButton(view);
    if (!button) throw new Error(`the rail has no ${view}`);
    await user.click(button);
    expect(heading().textContent).toBe(view);
    expect(await violations()).toEqual([]);
  });

  it("a failed start", async () => {
    await open({ appInfo: inTurn(failed) });
    expect(screen.getByRole("alert")).toBeTruthy();
    expect(await violations()).toEqual([]);
  });

  it("a vault that is not open", async () => {
    await open({ openVault: inTurn(failing("keyring_locked", "The keyring did not give out the key.")) });
    expect(heading().textContent).toBe("The keyring is locked");
    expect(await violations()).toEqual([]);
  });

  it("a vault without its key, and the words of its kit", async () => {
    const { user } = await open({ openVault: inTurn(failing("keyring_empty", "No key is there.")) });
    await user.click(screen.getByRole("button", { name: "Use the recovery kit" }));
    expect(await violations()).toEqual([]);
  });

  it("a locked vault, and a keyring that does not open it", async () => {
    const { user } = await open({
      vaultState: inTurn(done(LOCKED)),
      unlockVault: inTurn(failing("keyring_locked", "The keyring did not give out the key.")),
    });
    expect(await violations()).toEqual([]);
    await user.keyboard("{Enter}");
    await screen.findByRole("alert");
    expect(await violations()).toEqual([]);
  });

  it("a locked vault with a passphrase, a wrong one, and a new one by the kit", async () => {
    const { user } = await open({
      vaultState: inTurn(done({ ...LOCKED, way: "passphrase" as const })),
      unlockVault: inTurn(failing("wrong_passphrase", "This is not the vault's passphrase.")),
      unlockWithWords: inTurn(failing("wrong_words", "Word 3 is not a word of a kit.")),
    });
    expect(await violations()).toEqual([]);
    await user.keyboard("orchard{Enter}");
    await screen.findByRole("alert");
    expect(await violations()).toEqual([]);
    await user.click(screen.getByRole("button", { name: "Use the recovery kit" }));
    await user.keyboard("ledger{Enter}");
    await screen.findByRole("alert");
    expect(await violations()).toEqual([]);
  });

  it("a first run without a keyring", async () => {
    const { user } = await open({
      vaultState: inTurn(done({ ...CLOSED, hasVault: false, hasKit: false })),
      openVault: inTurn(failing("keyring_missing", "This computer offers no keyring.")),
    });
    expect(await violations()).toEqual([]);
    await user.keyboard("short{Enter}");
    await screen.findByRole("alert");
    expect(await violations()).toEqual([]);
  });

  it("a recovery kit: asked for, made, and a word of it wrong", async () => {
    const { user } = await open({
      vaultState: inTurn(done({ ...CLOSED, hasKit: false })),
      confirmKit: inTurn(failing("wrong_words", "Word 9 is another one.")),
    });
    expect(screen.getByRole("region", { name: "Recovery kit" })).toBeTruthy();
    expect(await violations()).toEqual([]);
    await user.click(screen.getByRole("button", { name: "Make the kit" }));
    await user.type(await screen.findByLabelText("Word 3"), "fathom");
    await user.type(screen.getByLabelText("Word 9"), "mos{Enter}");
    await screen.findByRole("alert");
    expect(await violations()).toEqual([]);
  });

  it("settings of locking that the organization limits, and a passphrase being changed", async () => {
    const { user } = await open({
      vaultState: inTurn(done({ ...CLOSED, way: "passphrase" as const })),
      lockSettings: inTurn(done({ ...LOCK_SETTINGS, managed: true })),
    });
    await user.keyboard("{Control>},{/Control}");
    await screen.findByText("Limited by your organization");
    await user.click(screen.getByRole("button", { name: "Change passphrase…" }));
    await user.keyboard("{Enter}");
    await screen.findByRole("alert");
    expect(await violations()).toEqual([]);
  });

  it("the trash, a question, and nothing in it", async () => {
    let trash = DRAFTS.map((draft) => ({ ...draft, deletesAtMs: Date.now() }));
    const orders = listing((list) => (list === "trash" ? trash : DRAFTS));
    const emptyTrash = () => {
      trash = [];
      return Promise.resolve(done([]));
    };
    const { user } = await open({ ...withDrafts, orders, emptyTrash });
    await user.click(await screen.findByRole("button", { name: "Trash, 3" }));
    await screen.findByRole("grid", { name: "Trash" });
    expect(await violations()).toEqual([]);
    await user.click(screen.getByRole("button", { name: "Empty the trash…" }));
    expect(await violations()).toEqual([]);
    await user.click(screen.getByRole("button", { name: "Delete for good" }));
    await screen.findByText("The trash is empty");
    expect(await violations()).toEqual([]);
  });

  it("the versions of a draft", async () => {
    const { user } = await open({ ...withDrafts, history: inTurn(done(VERSIONS)) });
    await screen.findByRole("grid");
    await user.click(screen.getByRole("button", { name: "Open" }));
    await user.click(screen.getByRole("button", { name: "Versions" }));
    await user.click(await screen.findByText("2 answers changed"));
    expect(screen.getByRole("table")).toBeTruthy();
    expect(await violations()).toEqual([]);
  });

  it("drafts, findings, a search that finds nothing, a discarded draft", async () => {
    const openVault = inTurn(done({ findings: ["The end of the journal was cut off."] }));
    const { user } = await open({ ...withDrafts, openVault, discardDraft: inTurn(done(null)) });
    await screen.findByRole("grid");
    expect(await violations()).toEqual([]);
    await user.keyboard("/zz");
    expect(screen.getByRole("heading", { level: 2 })).toBeTruthy();
    expect(await violations()).toEqual([]);
    await user.keyboard("{Escape}{Enter}{Delete}");
    await screen.findByText("Draft discarded");
    expect(await violations()).toEqual([]);
  });

  it.each([["orders"], ["services"]] as const)("%s that cannot be read", async (command) => {
    const { user } = await open({ [command]: inTurn(failing("internal", "A fault.")) });
    if (command === "services") await user.keyboard("{Control>}n{/Control}");
    await screen.findByRole("alert");
    expect(await violations()).toEqual([]);
  });

  it("a new order, and one that was not started", async () => {
    const { user } = await open({
      ...withDrafts,
      startDraft: inTurn(failing("not_saved", "The disk is full.")),
    });
    await user.keyboard("{Control>}n{/Control}");
    await screen.findByRole("radiogroup");
    expect(await violations()).toEqual([]);
    await user.keyboard("2{Enter}");
    await screen.findByRole("alert");
    expect(await violations()).toEqual([]);
  });

  it("an outbox with every kind of order, and one that was taken back", async () => {
    const outbox = inTurn(
      done([
        item("r", { state: { is: "rejected", code: "price_changed", message: "It changed." } }),
        item("u", {
          state: { is: "uploading" },
          parts: [part(null, 9, 9), part("a.zip", 9, 3), part("b.zip", 9, 0)],
        }),
        item("s", { state: { is: "waiting", why: "stalled", untilMs: Date.now() + 9_000 } }),
        item("n", { state: { is: "waiting", why: "needs-sign-in", untilMs: null } }),
        item("o", { state: { is: "waiting", why: "offline", untilMs: null }, canBeTakenBack: true }),
        item("q", { caption: "" }),
      ]),
    );
    const { user } = await open({ outbox, connection: inTurn(done(BOUND)), takeBack: inTurn(done("o")) });
    const button = railButton("Outbox");
    if (!button) throw new Error("the rail has no Outbox");
    await user.click(button);
    expect(screen.getAllByRole("group")).toHaveLength(6);
    expect(await violations()).toEqual([]);
    await user.click(screen.getByRole("button", { name: /^Take back/ }));
    await screen.findByText("It is a draft again.");
    expect(await violations()).toEqual([]);
  });

  it("active and completed orders in every state", async () => {
    const states = Object.keys(STATE_CHIPS) as OrderStateView[];
    const orders = listing(states.map((state) => row(state, { number: "26-04187", state })));
    const { user } = await open({ orders });
    await screen.findByRole("grid");
    expect(await violations()).toEqual([]);
    const button = railButton("Completed");
    if (!button) throw new Error("the rail has no Completed");
    await user.click(button);
    await screen.findByRole("grid");
    expect(await violations()).toEqual([]);
  });

  const onPage = async (review: ReviewView, commands: Partial<Api> = {}) => {
    const opened = await open({
      counts: inTurn(done({ drafts: 0, outbox: 0, active: 1, completed: 0 })),
      orders: listing([row("c", { number: "26-04187", state: "received" })]),
      connection: inTurn(done(BOUND)),
      reviewDraft: inTurn(done(review)),
      ...commands,
    });
    await screen.findByRole("grid");
    await opened.user.click(screen.getByRole("button", { name: "Open" }));
    await screen.findAllByRole("article");
    return opened;
  };

  it.each<PaymentStateView>([
    "nothing",
    "due",
    "awaiting",
    "processing",
    "paid",
    "expired",
    "held",
    "on-account",
    "balance-due",
    "partly-refunded",
    "refunded",
    "disputed",
  ])("a received order whose payment is %s", async (state) => {
    await onPage(receivedAs({}, { state, openedAtMs: 1, sinceMs: 1, pageEndsAtMs: 1 }));
    expect(await violations()).toEqual([]);
  });

  it("a received order with everything that an operator sends, and with what failed", async () => {
    const text = "Which study?";
    const review = receivedAs({
      state: "needs-information",
      disbelieved: "The price is not the one that was signed.",
      timeline: [
        { atMs: 3, event: { is: "message", text } },
        { atMs: 2, event: { is: "returned", names: ["a.pdf"] } },
        { atMs: 1, event: { is: "work", status: "needs-information" } },
      ],
      returned: [1, 2].map((number) => ({ number, name: `${number}.pdf`, length: 9, sha256: "00", atMs: 1 })),
    });
    const { user } = await onPage(review, {
      payOrder: inTurn(failing("offline", "There is no connection.")),
      saveReturned: vi.fn(inTurn<boolean>(failing("offline", "There is no connection."), done(true))),
    });
    await user.click(screen.getByRole("button", { name: "Save… 1.pdf" }));
    await user.click(screen.getByRole("button", { name: "Save… 2.pdf" }));
    await user.click(screen.getByRole("button", { name: /^Pay in browser/ }));
    expect(await screen.findAllByRole("alert")).toHaveLength(3);
    expect(await violations()).toEqual([]);
  });

  it("a review that can be submitted, and was not", async () => {
    const { user } = await open({
      ...withDrafts,
      reviewDraft: inTurn(done({ ...REVIEW, problems: [], files: [] })),
      connection: inTurn(done(BOUND)),
      submitDraft: inTurn(failing("not_saved", "The disk is full.")),
    });
    await screen.findByRole("grid");
    await user.click(screen.getByRole("button", { name: "Open" }));
    await user.click(screen.getByRole("button", { name: "Review" }));
    await user.click(await screen.findByRole("button", { name: /^Submit order/ }));
    await screen.findByRole("alert");
    expect(await violations()).toEqual([]);
  });

  it("a review", async () => {
    const { user } = await open(withDrafts);
    await screen.findByRole("grid");
    await user.click(screen.getByRole("button", { name: "Open" }));
    await user.click(screen.getByRole("button", { name: "Review" }));
    await screen.findByRole("article");
    expect(await violations()).toEqual([]);
  });
});
