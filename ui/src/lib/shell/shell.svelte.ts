import { createContext } from "svelte";

import type { Api } from "../api";
import { Appearance } from "./appearance.svelte";
import { Events } from "./events";
import { platformOf, type Command, type Platform } from "./keys";
import { Navigation } from "./navigation.svelte";
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
  readonly start: Start;

  /** What each key does; the keys themselves stand in keys.ts. */
  readonly #does: Record<Command, () => void> = {
    "new-order": () => {
      this.navigation.go("new-order");
    },
    settings: () => {
      this.navigation.go("settings");
    },
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

  constructor(api: Api) {
    this.api = api;
    this.saving = new Saving(api.saveAnswer);
    this.start = new Start(api.appInfo);
  }

  do(command: Command): void {
    this.#does[command]();
  }

  /** Asks again, with focus on the heading: the button that asked goes away. */
  async retry(): Promise<void> {
    this.navigation.go(this.navigation.railView);
    await this.start.ask();
  }
}

export const [useShell, provideShell] = createContext<Shell>();
