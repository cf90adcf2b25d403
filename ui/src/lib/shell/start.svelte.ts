import type { Answer, Api } from "../api";
import type { AppInfo } from "../bindings/AppInfo";
import type { UiError } from "../bindings/UiError";
import type { VaultStateView } from "../bindings/VaultStateView";
import type { VaultView } from "../bindings/VaultView";

export type StartState =
  | { is: "starting" }
  | { is: "ready"; info: AppInfo }
  /** The vault is not open, so nothing can be shown or typed. */
  | { is: "closed"; info: AppInfo; error: UiError; vault: VaultStateView; trying: boolean }
  /** The vault was locked, or waits for its passphrase. */
  | { is: "locked"; info: AppInfo; vault: VaultStateView }
  /** There is no vault yet, and no keyring to keep its key. */
  | { is: "unmade"; info: AppInfo; error: UiError; trying: boolean }
  /** The vault was locked just now: nothing is shown until the document is there anew. */
  | { is: "blank" }
  | { is: "failed"; error: UiError };

type Commands = Pick<Api, "appInfo" | "vaultState" | "openVault">;

/** Asks the Rust side what this Satchel is, and opens the vault. Nothing can be shown before both are done. */
export class Start {
  #state = $state.raw<StartState>({ is: "starting" });
  #findings = $state.raw<readonly string[]>([]);
  #api: Commands;
  #opened: () => Promise<void>;

  /** `opened` is called with the vault open, before the first view is shown. */
  constructor(api: Commands, opened: () => Promise<void>) {
    this.#api = api;
    this.#opened = opened;
  }

  get state(): StartState {
    return this.#state;
  }

  /** Whether there is no view: the vault is shut, or about to be. */
  get isShut(): boolean {
    return SHUT.includes(this.#state.is);
  }

  /** What was not as it should be with the vault, until the user has put the notice away. */
  get findings(): readonly string[] {
    return this.#findings;
  }

  /** Hears of something that was found behind the open window. */
  found(finding: string): void {
    this.#findings = [...this.#findings, finding];
  }

  dismissFindings(): void {
    this.#findings = [];
  }

  /** Shows nothing any more. */
  blank(): void {
    this.#state = { is: "blank" };
    this.#findings = [];
  }

  async ask(): Promise<void> {
    // Where it is said why the vault is closed, that stays until something else is known.
    const state = this.#state;
    this.#state = "trying" in state ? { ...state, trying: true } : { is: "starting" };
    const info = await this.#api.appInfo();
    const vault = info.is === "done" ? await this.#api.vaultState() : info;
    if (info.is === "failed") this.#state = { is: "failed", error: info.error };
    else if (vault.is === "failed") this.#state = { is: "failed", error: vault.error };
    else if (vault.value.state === "locked") this.#state = locked(info.value, vault.value);
    else await this.#open(info.value, vault.value);
  }

  /** Opens the vault by another way than at the start; answers why that failed. */
  async enter(open: () => Promise<Answer<VaultView>>): Promise<UiError | null> {
    const state = this.#state;
    if (!("info" in state)) return null;
    const answer = await open();
    if (answer.is === "failed") return answer.error;
    await this.#enter(state.info, answer.value);
    return null;
  }

  async #open(info: AppInfo, vault: VaultStateView): Promise<void> {
    const answer = await this.#api.openVault();
    if (answer.is === "done") await this.#enter(info, answer.value);
    else this.#state = shut(info, vault, answer.error);
  }

  async #enter(info: AppInfo, { findings }: VaultView): Promise<void> {
    this.#findings = [...findings, ...this.#findings];
    await this.#opened();
    // It may have been locked again meanwhile.
    if (this.#state.is !== "blank") this.#state = { is: "ready", info };
  }
}

const SHUT: readonly StartState["is"][] = ["closed", "locked", "unmade", "blank"];

function locked(info: AppInfo, vault: VaultStateView): StartState {
  return { is: "locked", info, vault };
}

function shut(info: AppInfo, vault: VaultStateView, error: UiError): StartState {
  if (error.code === "passphrase_needed") return locked(info, { ...vault, way: "passphrase" });
  const asksPassphrase = error.code === "keyring_missing" || error.code === "passphrase_asked";
  if (asksPassphrase && !vault.hasVault) {
    return { is: "unmade", info, error, trying: false };
  }
  return { is: "closed", info, error, vault, trying: false };
}
