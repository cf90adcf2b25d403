import { invoke } from "@tauri-apps/api/core";

import type { AppInfo } from "../bindings/AppInfo";
import { uiErrorFrom, type Answer } from "./answer";

export type { Answer } from "./answer";

/** The commands of the Rust side, each answering with a value or a `UiError`; none of them throws. */
export const api = {
  /** Tells the version, the mode and the connected firm. */
  appInfo: () => call<AppInfo>("app_info"),
  /** Reports that the first view is on the screen. */
  painted: () => call<null>("painted"),
};

export type Api = typeof api;

async function call<T>(command: string): Promise<Answer<T>> {
  try {
    return { is: "done", value: await invoke<T>(command) };
  } catch (thrown) {
    return { is: "failed", error: uiErrorFrom(thrown) };
  }
}
