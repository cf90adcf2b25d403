import { Channel, invoke } from "@tauri-apps/api/core";

import type { AnswerView } from "../bindings/AnswerView";
import type { AppInfo } from "../bindings/AppInfo";
import type { ConnectionView } from "../bindings/ConnectionView";
import type { CountsView } from "../bindings/CountsView";
import type { DiagnosticsView } from "../bindings/DiagnosticsView";
import type { DraftView } from "../bindings/DraftView";
import type { EntryView } from "../bindings/EntryView";
import type { ExportedView } from "../bindings/ExportedView";
import type { HistoryAnswer } from "../bindings/HistoryAnswer";
import type { ImportedView } from "../bindings/ImportedView";
import type { ImportView } from "../bindings/ImportView";
import type { KitView } from "../bindings/KitView";
import type { LockSettingsView } from "../bindings/LockSettingsView";
import type { OrderListView } from "../bindings/OrderListView";
import type { OrderPageView } from "../bindings/OrderPageView";
import type { OrderQueryView } from "../bindings/OrderQueryView";
import type { OutboxItemView } from "../bindings/OutboxItemView";
import type { PickedView } from "../bindings/PickedView";
import type { PolicyView } from "../bindings/PolicyView";
import type { ReviewView } from "../bindings/ReviewView";
import type { RotatedView } from "../bindings/RotatedView";
import type { SavedAnswer } from "../bindings/SavedAnswer";
import type { SavedRows } from "../bindings/SavedRows";
import type { ServiceView } from "../bindings/ServiceView";
import type { ShellEvent } from "../bindings/ShellEvent";
import type { VaultStateView } from "../bindings/VaultStateView";
import type { VaultView } from "../bindings/VaultView";
import type { VersionView } from "../bindings/VersionView";
import { uiErrorFrom, type Answer } from "./answer";

export type { Answer } from "./answer";

/** The commands of the Rust side, each answering with a value or a `UiError`; none of them throws. */
export const api = {
  /** Tells the version, the mode and the connected firm. */
  appInfo: () => call<AppInfo>("app_info"),
  /** Reports that the first view is on the screen. */
  painted: () => call<null>("painted"),
  /** Opens the vault, or makes it where there is none. Again, if it is open already, answers the same. */
  openVault: () => call<VaultView>("open_vault"),
  /** Makes the vault behind a passphrase, at the first run on a computer without a keyring. */
  createVault: (passphrase: string) => call<VaultView>("create_vault", { passphrase }),
  /** Tells whether the vault is open, and what opens it. */
  vaultState: () => call<VaultStateView>("vault_state"),
  /** Locks the vault. `watch` tells of it, as of every lock. */
  lockVault: () => call<null>("lock_vault"),
  /** Unlocks the vault; without a passphrase by the keyring. */
  unlockVault: (passphrase: string | null) => call<VaultView>("unlock_vault", { passphrase }),
  /** Opens the vault by the words of the recovery kit. A passphrase that is given opens it from then on. */
  unlockWithWords: (words: string, passphrase: string | null) =>
    call<VaultView>("unlock_with_words", { words, passphrase }),
  /** Lets the user pick the file of the firm's recovery key, and opens the vault by it; nothing where none was picked. */
  unlockWithFirmKey: (passphrase: string | null) =>
    call<VaultView | null>("unlock_with_firm_key", { passphrase }),
  /** Makes a new vault key. A recovery kit whose words are not given opens the vault no more. */
  rotateKey: (passphrase: string | null, words: string | null) =>
    call<RotatedView>("rotate_key", { passphrase, words }),
  /** Sets a passphrase, or changes the current one. */
  setPassphrase: (current: string | null, passphrase: string) =>
    call<null>("set_passphrase", { current, passphrase }),
  /** Takes the passphrase away: from then on the keyring opens the vault. */
  removePassphrase: (current: string) => call<null>("remove_passphrase", { current }),
  /** Makes a recovery kit. It counts once it is confirmed. */
  makeKit: () => call<KitView>("make_kit"),
  /** Confirms the recovery kit by words of it, by their numbers. */
  confirmKit: (typed: Record<number, string>) => call<null>("confirm_kit", { typed }),
  /** Lets the user say where the recovery kit goes, and writes it there; answers the path, or nothing where none was picked. */
  saveKit: () => call<string | null>("save_kit"),
  /** Tells after how long the vault locks by itself. */
  lockSettings: () => call<LockSettingsView>("lock_settings"),
  /** Says after how many minutes the vault locks by itself. */
  setLockMinutes: (minutes: number) => call<null>("set_lock_minutes", { minutes }),
  /** Tells that somebody is there; with something that could not be saved, the vault does not lock by itself. */
  touched: (unsaved: boolean) => call<null>("touched", { unsaved }),
  /** Tells that something sensitive was copied; answers whether it is taken out of the clipboard again after a while. */
  copiedSensitive: () => call<boolean>("copied_sensitive"),
  /** Tells where the vault is, how large it is, and what keeps others from it. */
  diagnostics: () => call<DiagnosticsView>("diagnostics"),
  /** Tells what the organization set for this computer. */
  policy: () => call<PolicyView>("policy"),

  /** Lets the user say where an export goes, and writes it: one draft, or everything. Nothing: none was picked. How far it is comes by `watch`. */
  export: (order: string | null, passphrase: string | null, words: string | null) =>
    call<ExportedView | null>("export", { order, passphrase, words }),
  /** Lets the user pick a file to be imported, and tells what opens it; nothing where none was picked. */
  pickImport: () => call<PickedView | null>("pick_import"),
  /** Opens the file that was picked, and tells what it says of itself. */
  openImport: (passphrase: string | null, words: string | null) =>
    call<ImportView>("open_import", { passphrase, words }),
  /** Brings the drafts of the opened file in that are not here. */
  importDrafts: () => call<ImportedView>("import_drafts"),
  /** Restores everything of the opened file, where there is nothing yet. */
  restoreVault: (passphrase: string | null) => call<VaultView>("restore_vault", { passphrase }),
  /** Stops what is being exported or imported. */
  cancelMove: () => call<null>("cancel_move"),
  /** Forgets the file that was picked to be imported. */
  forgetImport: () => call<null>("forget_import"),
  /** Says that what was restored was looked at: what waits in the outbox is sent from then on. */
  confirmRestored: () => call<null>("confirm_restored"),
  /** Hears what happens without being asked, until the window closes. */
  watch: (hear: (event: ShellEvent) => void) => {
    const onEvent = new Channel<ShellEvent>();
    onEvent.onmessage = hear;
    return call<null>("watch", { onEvent });
  },
  /** Answers `closing`: the window may close, or stays. */
  answerClose: (close: boolean) => call<null>("answer_close", { close }),

  /** Lists the services that can be ordered. */
  services: () => call<ServiceView[]>("services"),
  /** Counts the orders of each list. */
  counts: () => call<CountsView>("counts"),
  /** Finds and sorts the orders of a list, and answers a stretch of them. */
  orders: (list: OrderListView, query: OrderQueryView) => call<OrderPageView>("orders", { list, query }),

  /** Makes a draft of a service, and answers its order id. */
  startDraft: (service: string) => call<string>("start_draft", { service }),
  /** Reads a draft. */
  openDraft: (order: string) => call<DraftView>("open_draft", { order }),
  /** Saves what was entered at a path; answers once it is on disk. */
  saveAnswer: (order: string, path: string, entry: EntryView) =>
    call<SavedAnswer>("save_answer", { order, path, entry }),
  /** Reads a sensitive answer. */
  revealAnswer: (order: string, path: string) => call<AnswerView | null>("reveal_answer", { order, path }),
  /** Adds an empty row at the end of a repeating section. */
  addRow: (order: string, section: string) => call<SavedRows>("add_row", { order, section }),
  /** Takes a row away; `restoreRow` brings it back as it was. */
  removeRow: (order: string, section: string, row: number) =>
    call<SavedRows>("remove_row", { order, section, row }),
  /** Brings a removed row back to its place. */
  restoreRow: (order: string, section: string, row: number) =>
    call<SavedRows>("restore_row", { order, section, row }),
  /** Puts a draft into the trash. */
  discardDraft: (order: string) => call<null>("discard_draft", { order }),
  /** Takes a draft out of the trash. */
  restoreDraft: (order: string) => call<null>("restore_draft", { order }),
  /** Deletes drafts of the trash for good, those that are named or all, and answers which. */
  emptyTrash: (orders: string[] | "all") =>
    call<string[]>("empty_trash", { orders: orders === "all" ? [] : orders, all: orders === "all" }),
  /** Takes the last change of a draft back, also one from before Satchel was started. */
  undoChange: (order: string) => call<HistoryAnswer>("undo_change", { order }),
  /** Does again what was taken back last. */
  redoChange: (order: string) => call<HistoryAnswer>("redo_change", { order }),
  /** Lists the versions of a draft, the newest first. */
  history: (order: string) => call<VersionView[]>("history", { order }),
  /** Makes a draft again what it was in a version; a change like any other. */
  restoreVersion: (order: string, number: number) => call<DraftView>("restore_version", { order, number }),
  /** Reads a draft as a sheet. */
  reviewDraft: (order: string) => call<ReviewView>("review_draft", { order }),

  /** Submits a draft: freezes it and puts it into the outbox. Works without a connection. */
  submitDraft: (order: string) => call<null>("submit_draft", { order }),
  /** Lists the orders on their way; the one that needs somebody first. Changes come by `watch`. */
  outbox: () => call<OutboxItemView[]>("outbox"),
  /** Takes an order back from the outbox; answers the id of the draft that it is again. */
  takeBack: (order: string) => call<string>("take_back", { order }),
  /** Tries to send what waits now. */
  sendNow: () => call<null>("send_now"),
  /** Opens the payment page of a received order in the system's browser. What comes of it is told by `watch`. */
  payOrder: (order: string) => call<null>("pay_order", { order }),
  /** Asks the provider now what is new of a received order; answers once it did. */
  checkOrder: (order: string) => call<null>("check_order", { order }),
  /** Lets the user say where a returned document goes, and writes it there once all of it is verified; false: nothing was picked. */
  saveReturned: (order: string, number: number) => call<boolean>("save_returned", { order, number }),
  /** Tells whether there is a provider. Changes come by `watch`. */
  connection: () => call<ConnectionView>("connection"),

  /** Lets the user pick files and attaches them; answers once the picker is closed. Progress comes by `watch`. */
  pickFiles: (order: string) => call<null>("pick_files", { order }),
  /** Says which draft files that are dropped onto the window go to; none while no form is open. */
  dropsGoTo: (order: string | null) => call<null>("drops_go_to", { order }),
  /** Stops sealing a file; nothing of it is kept. Also forgets one that failed. */
  cancelFile: (order: string, file: string) => call<null>("cancel_file", { order, file }),
  /** Takes a file off the draft; `restoreFile` brings it back while Satchel runs. */
  removeFile: (order: string, file: string) => call<null>("remove_file", { order, file }),
  /** Brings a removed file back. */
  restoreFile: (order: string, file: string) => call<null>("restore_file", { order, file }),
};

export type Api = typeof api;

async function call<T>(command: string, args: Record<string, unknown> = {}): Promise<Answer<T>> {
  try {
    return { is: "done", value: await invoke<T>(command, args) };
  } catch (thrown) {
    return { is: "failed", error: uiErrorFrom(thrown) };
  }
}
