import { createContext } from "svelte";

import type { Api } from "../api";
import { Appearance } from "./appearance.svelte";
import { platformOf, type Command, type Platform } from "./keys";
import { Navigation } from "./navigation.svelte";
import { focusPane } from "./panes";
import { Start } from "./start.svelte";

/** What the whole window shares. */
export class Shell {
  readonly navigation = new Navigation();
  readonly appearance = new Appearance();
  readonly platform: Platform = platformOf(navigator.platform);
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
