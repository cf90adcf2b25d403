import { MediaQuery } from "svelte/reactivity";

export type Theme = "light" | "dark";

export type ThemeChoice = "system" | Theme;

/** Which theme the window wears: the one chosen, or the one of the system, followed live. */
export class Appearance {
  choice = $state<ThemeChoice>("system");
  #systemIsDark = new MediaQuery("(prefers-color-scheme: dark)");

  get theme(): Theme {
    if (this.choice !== "system") return this.choice;
    return this.#systemIsDark.current ? "dark" : "light";
  }
}
