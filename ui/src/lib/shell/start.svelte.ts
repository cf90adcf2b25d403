import type { Api } from "../api";
import type { AppInfo } from "../bindings/AppInfo";
import type { UiError } from "../bindings/UiError";

export type StartState =
  | { is: "starting" }
  | { is: "ready"; info: AppInfo }
  /** The vault is not open, so nothing can be shown or typed. */
  | { is: "closed"; info: AppInfo; error: UiError; trying: boolean }
  | { is: "failed"; error: UiError };

/** Asks the Rust side what this Satchel is, and opens the vault. Nothing can be shown before both are done. */
export class Start {
  #state = $state.raw<StartState>({ is: "starting" });
  #findings = $state.raw<readonly string[]>([]);
  #api: Pick<Api, "appInfo" | "openVault">;
  #opened: () => Promise<void>;

  /** `opened` is called with the vault open, before the first view is shown. */
  constructor(api: Pick<Api, "appInfo" | "openVault">, opened: () => Promise<void>) {
    this.#api = api;
    this.#opened = opened;
  }

  get state(): StartState {
    return this.#state;
  }

  /** What was not as it should be with the vault, until the user has put the notice away. */
  get findings(): readonly string[] {
    return this.#findings;
  }

  dismissFindings(): void {
    this.#findings = [];
  }

  async ask(): Promise<void> {
    // Where it is said why the vault is closed, that stays until something else is known.
    this.#state = this.#state.is === "closed" ? { ...this.#state, trying: true } : { is: "starting" };
    const info = await this.#api.appInfo();
    if (info.is === "failed") {
      this.#state = { is: "failed", error: info.error };
      return;
    }
    const vault = await this.#api.openVault();
    if (vault.is === "failed") {
      this.#state = { is: "closed", info: info.value, error: vault.error, trying: false };
      return;
    }
    this.#findings = vault.value.findings;
    await this.#opened();
    this.#state = { is: "ready", info: info.value };
  }
}
