import { createContext } from "svelte";

import type { Answer, Api } from "../api";
import type { UiError } from "../bindings/UiError";
import type { VaultView } from "../bindings/VaultView";
import { Appearance } from "./appearance.svelte";
import { Moves } from "../moving/moves.svelte";
import { Past } from "../history/past";
import { Touches } from "../lock/touches";
import { Ways } from "../lock/ways.svelte";
import { paymentWords } from "../order/words";
import { Outbox } from "../outbox/outbox.svelte";
import { Closing } from "./closing.svelte";
import { Connection } from "./connection.svelte";
import { Counts } from "./counts.svelte";
import { Events } from "./events";
import { firmShown } from "./firm";
import { platformOf, type Command, type Platform } from "./keys";
import { Navigation } from "./navigation.svelte";
import { reload } from "./page";
import { focusPane } from "./panes";
import { Saving } from "./saving.svelte";
import { Start } from "./start.svelte";
import { Toasts } from "./toasts.svelte";

/** What the whole window shares. */
export class Shell {
  readonly api: Api;
  readonly navigation = new Navigation();
  readonly appearance = new Appearance();
  readonly platform: Platform = platformOf(navigator.platform);
  readonly events = new Events();
  readonly toasts = new Toasts();
  readonly saving: Saving;
  readonly past: Past;
  readonly ways: Ways;
  readonly touches: Touches;
  readonly closing: Closing;
  readonly counts: Counts;
  readonly connection: Connection;
  readonly outbox: Outbox;
  readonly moves: Moves;
  readonly start: Start;
  #watches = false;

  /** What each key does everywhere; the keys themselves stand in keys.ts. */
  readonly #does: Partial<Record<Command, () => void>> = {
    "new-order": () => {
      this.navigation.go("new-order");
    },
    settings: () => {
      this.navigation.go("settings");
    },
    lock: () => void this.closing.begin("lock"),
    "next-pane": () => {
      focusPane(document, 1);
    },
    "previous-pane": () => {
      focusPane(document, -1);
    },
    back: () => {
      this.navigation.back();
    },
  };

  /** What the open view does with a key; the view that came last has it. */
  #offers: { command: Command; act: () => void }[] = [];

  constructor(api: Api) {
    this.api = api;
    this.saving = new Saving(api.saveAnswer);
    this.past = new Past(api, this.saving, this.toasts);
    this.ways = new Ways(api.vaultState);
    this.touches = new Touches(api.touched);
    this.closing = new Closing(api, this.saving, (why) => {
      this.toasts.show({ says: `Not locked. ${why}` });
    });
    this.counts = new Counts(api.counts);
    this.connection = new Connection(api.connection);
    this.outbox = new Outbox(api.outbox, (order) => void this.#tellReceived(order));
    this.moves = new Moves(api, this.events, this.toasts);
    this.start = new Start(api, () => this.#opened());
    this.events.on((event) => {
      this.outbox.hear(event);
      if (event.is === "closing") void this.closing.begin("close");
      if (event.is === "locked") this.#drop();
      if (event.is === "found") this.start.found(event.finding);
      if (event.is === "lists") void this.counts.reload();
      if (event.is === "connection") this.connection.hear(event.connection);
      // The form tells it where the files were to go; anywhere else, here.
      if (event.is === "refused" && this.navigation.place.view !== "form") {
        this.toasts.show({ says: event.error.message });
      }
    });
  }

  /** Whose Satchel this is; empty while that is not known. */
  get firm(): string {
    return this.start.state.is === "ready" ? firmShown(this.start.state.info, this.connection.known) : "";
  }

  /** Does what a key asks. Behind a vault that is not open there are no views, only panes. */
  do(command: Command): void {
    if (this.#isShut() && command !== "next-pane" && command !== "previous-pane") return;
    const offer = this.#offers.findLast((offer) => offer.command === command);
    (offer?.act ?? this.#does[command])?.();
  }

  /** Takes a key for a view, until the returned function is called. */
  offer(command: Command, act: () => void): () => void {
    const offer = { command, act };
    this.#offers.push(offer);
    return () => {
      this.#offers = this.#offers.filter((other) => other !== offer);
    };
  }

  /** Asks again, with focus on the heading: the button that asked goes away, unless the vault stays closed. */
  async retry(): Promise<void> {
    const wasShut = this.#isShut();
    if (!wasShut) this.navigation.go(this.navigation.railView);
    await this.start.ask();
    if (wasShut && !this.#isShut()) this.navigation.go(this.navigation.railView);
  }

  /** Opens the vault where it is shut, and goes to the first view; answers why it stays shut. */
  async enter(open: () => Promise<Answer<VaultView>>): Promise<UiError | null> {
    const error = await this.start.enter(open);
    if (!error && !this.#isShut()) this.navigation.go(this.navigation.railView);
    return error;
  }

  /** Tells of an order that left the outbox, if it was received and its page is not open. Its number is all that is told. */
  async #tellReceived(order: string): Promise<void> {
    const answer = await this.api.reviewDraft(order);
    const received = answer.is === "done" ? answer.value.received : null;
    const { place } = this.navigation;
    if (!received || (place.view === "review" && place.order === order)) return;
    const isToBePaid = paymentWords(received.payment.state, received.provider).pays === "pay";
    const act = () => {
      this.navigation.open("review", order);
    };
    this.toasts.follow({
      says: `${received.number} was received.`,
      action: { label: isToBePaid ? "Pay now" : "Open", act },
    });
  }

  #isShut(): boolean {
    return this.start.isShut;
  }

  /** The vault is locked: nothing of it stays, neither on the screen nor in what this document knows. */
  #drop(): void {
    this.start.blank();
    reload();
  }

  async #opened(): Promise<void> {
    if (!this.#watches) {
      const answer = await this.api.watch((event) => {
        this.events.tell(event);
      });
      this.#watches = answer.is === "done";
    }
    void this.outbox.load();
    await Promise.all([this.counts.reload(), this.connection.load(), this.ways.load()]);
    const counts = this.counts.known;
    if (counts && counts.drafts > 0 && counts.active === 0) this.navigation.begin("drafts");
  }
}

export const [useShell, provideShell] = createContext<Shell>();
