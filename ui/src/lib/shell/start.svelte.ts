import type { Api } from "../api";
import type { AppInfo } from "../bindings/AppInfo";
import type { UiError } from "../bindings/UiError";

export type StartState =
  { is: "starting" } | { is: "ready"; info: AppInfo } | { is: "failed"; error: UiError };

/** Asks the Rust side what this Satchel is. Nothing can be shown before it answered. */
export class Start {
  #state = $state.raw<StartState>({ is: "starting" });
  #appInfo: Api["appInfo"];

  constructor(appInfo: Api["appInfo"]) {
    this.#appInfo = appInfo;
  }

  get state(): StartState {
    return this.#state;
  }

  async ask(): Promise<void> {
    this.#state = { is: "starting" };
    const answer = await this.#appInfo();
    this.#state =
      answer.is === "done" ? { is: "ready", info: answer.value } : { is: "failed", error: answer.error };
  }
}
