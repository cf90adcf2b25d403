import { render, screen } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { vi } from "vitest";

import App from "../App.svelte";
import type { Answer, Api } from "../lib/api";
import type { AppInfo } from "../lib/bindings/AppInfo";
import type { OrderQueryView } from "../lib/bindings/OrderQueryView";
import type { ShellEvent } from "../lib/bindings/ShellEvent";
import type { UiErrorCode } from "../lib/bindings/UiErrorCode";
import { CLOSED, DIAGNOSTICS, KIT, LOCK_SETTINGS, UNMANAGED } from "./keys";

export const PRACTICE: AppInfo = { version: "0.4.2", mode: "practice", firm: "Hartwell & Ames LLP" };
export const AZURE: AppInfo = { version: "0.4.2", mode: "azure", firm: null };

const NO_ORDERS = { total: 0, found: 0, asking: 0, rows: [], place: null, services: [], states: [] };

export const done = <T>(value: T): Answer<T> => ({ is: "done", value });

export const failing = (code: UiErrorCode, message: string): Answer<never> => ({
  is: "failed",
  error: { code, message },
});

export const failed = failing("internal", "Satchel could not read its own version.");

const gone = () => Promise.resolve(failing("gone", "This order is not there any more."));
const nothing = () => Promise.resolve(done(null));

/** Stands in for the commands that export and import: nothing is picked. */
const moving = () => ({
  export: vi.fn(nothing),
  pickImport: vi.fn(nothing),
  openImport: vi.fn(gone),
  importDrafts: vi.fn(gone),
  restoreVault: vi.fn(gone),
  cancelMove: vi.fn(nothing),
  forgetImport: vi.fn(nothing),
  confirmRestored: vi.fn(nothing),
});

/** Stands in for the commands: an empty vault, in which no draft is found. A test gives what it is about. */
export function double(commands: Partial<Api> = {}) {
  let hear: ((event: ShellEvent) => void) | undefined;
  const api: Api = {
    appInfo: vi.fn(() => Promise.resolve(done(PRACTICE))),
    painted: vi.fn(nothing),
    openVault: vi.fn(() => Promise.resolve(done({ findings: [] }))),
    createVault: vi.fn(() => Promise.resolve(done({ findings: [] }))),
    vaultState: vi.fn(() => Promise.resolve(done(CLOSED))),
    lockVault: vi.fn(nothing),
    unlockVault: vi.fn(() => Promise.resolve(done({ findings: [] }))),
    unlockWithWords: vi.fn(() => Promise.resolve(done({ findings: [] }))),
    unlockWithFirmKey: vi.fn(nothing),
    rotateKey: vi.fn(() => Promise.resolve(done({ kitFellAway: false, unreadable: 0 }))),
    setPassphrase: vi.fn(nothing),
    removePassphrase: vi.fn(nothing),
    makeKit: vi.fn(() => Promise.resolve(done(KIT))),
    confirmKit: vi.fn(nothing),
    saveKit: vi.fn(nothing),
    lockSettings: vi.fn(() => Promise.resolve(done(LOCK_SETTINGS))),
    setLockMinutes: vi.fn(nothing),
    touched: vi.fn(nothing),
    copiedSensitive: vi.fn(() => Promise.resolve(done(true))),
    diagnostics: vi.fn(() => Promise.resolve(done(DIAGNOSTICS))),
    policy: vi.fn(() => Promise.resolve(done(UNMANAGED))),
    ...moving(),
    watch: vi.fn((listener: (event: ShellEvent) => void) => {
      hear = listener;
      return nothing();
    }),
    answerClose: vi.fn(nothing),
    services: vi.fn(() => Promise.resolve(done([]))),
    counts: vi.fn(() => Promise.resolve(done({ drafts: 0, outbox: 0, active: 0, completed: 0 }))),
    orders: vi.fn((_, query: OrderQueryView) => Promise.resolve(done({ ...NO_ORDERS, from: query.from }))),
    startDraft: vi.fn(gone),
    openDraft: vi.fn(gone),
    saveAnswer: vi.fn(gone),
    revealAnswer: vi.fn(gone),
    addRow: vi.fn(gone),
    removeRow: vi.fn(gone),
    restoreRow: vi.fn(gone),
    discardDraft: vi.fn(gone),
    restoreDraft: vi.fn(gone),
    emptyTrash: vi.fn(() => Promise.resolve(done([]))),
    undoChange: vi.fn(gone),
    redoChange: vi.fn(gone),
    history: vi.fn(gone),
    restoreVersion: vi.fn(gone),
    reviewDraft: vi.fn(gone),
    submitDraft: vi.fn(gone),
    outbox: vi.fn(() => Promise.resolve(done([]))),
    takeBack: vi.fn(gone),
    sendNow: vi.fn(nothing),
    payOrder: vi.fn(nothing),
    checkOrder: vi.fn(nothing),
    saveReturned: vi.fn(() => Promise.resolve(done(true))),
    connection: vi.fn(() => Promise.resolve(done({ is: "no-provider" } as const))),
    pickFiles: vi.fn(gone),
    dropsGoTo: vi.fn(nothing),
    cancelFile: vi.fn(gone),
    removeFile: vi.fn(gone),
    restoreFile: vi.fn(gone),
    ...commands,
  };
  /** Tells the window what the rest of Satchel would tell it. */
  const tell = (event: ShellEvent) => {
    if (!hear) throw new Error("the window does not listen");
    hear(event);
  };
  return Object.assign(api, { tell });
}

/** Answers the given answers in turn, the last one for ever; where there is none, it never answers. */
export function inTurn<T>(...answers: Answer<T>[]): () => Promise<Answer<T>> {
  let call = 0;
  return vi.fn(() => {
    const answer = answers[Math.min(call++, answers.length - 1)];
    return answer ? Promise.resolve(answer) : new Promise<never>(() => undefined);
  });
}

/** An empty vault whose `appInfo` answers the given answers in turn, the last one for ever. */
export function answering(...answers: Answer<AppInfo>[]) {
  return double({ appInfo: inTurn(...answers) });
}

/** Opens the window and waits until it has an answer to show. */
export async function openWindow<A extends Api = ReturnType<typeof double>>(
  api: A = double() as unknown as A,
) {
  const user = userEvent.setup();
  const { unmount } = render(App, { api });
  await vi.waitFor(() => {
    if (screen.getByRole("main").getAttribute("aria-busy") !== "false") throw new Error("still starting");
  });
  return { api, user, unmount };
}

export const heading = () => screen.getByRole("heading", { level: 1 });

export const railButton = (name: RegExp | string) =>
  Array.from(screen.getByRole("navigation").querySelectorAll("button")).find((button) =>
    button.textContent.match(name),
  );
