import type { DiagnosticsView } from "../lib/bindings/DiagnosticsView";
import type { KitView } from "../lib/bindings/KitView";
import type { LockSettingsView } from "../lib/bindings/LockSettingsView";
import type { PolicyView } from "../lib/bindings/PolicyView";
import type { VaultStateView } from "../lib/bindings/VaultStateView";

/** A vault that was not opened since Satchel started; it has a recovery kit, so nobody is told to make one. */
export const CLOSED: VaultStateView = {
  state: "closed",
  lockedAtMs: null,
  way: "keyring",
  hasVault: true,
  hasKit: true,
  hasFirmRecovery: false,
  restoredFromMs: null,
  uploads: 0,
};

/** A vault that was locked at 11:20 AM today. */
export const LOCKED: VaultStateView = {
  ...CLOSED,
  state: "locked",
  lockedAtMs: new Date().setHours(11, 20, 0, 0),
};

export const KIT: KitView = {
  words: [
    ...["ledger", "orchard", "fathom", "copper", "bridle", "winter"],
    ...["canvas", "thirty", "mosaic", "harbor", "velvet", "signal"],
  ],
  ask: [3, 9],
};

export const LOCK_SETTINGS: LockSettingsView = {
  minutes: 10,
  minutesMin: 1,
  minutesMax: 60,
  managed: false,
  hearsDesktop: true,
  forgetsAll: true,
};

export const DIAGNOSTICS: DiagnosticsView = {
  folder: "/data/vault",
  journalBytes: 1_200_000,
  cacheBytes: 300_000,
  attachmentsBytes: 2_500_000_000,
  isPrivate: true,
  disk: "encrypted",
};

/** A computer for which no organization set anything. */
export const UNMANAGED: PolicyView = { settings: [], faults: [], removed: 0, removedAtMs: null };
