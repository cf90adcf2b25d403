import { MediaQuery } from "svelte/reactivity";

export type Theme = "light" | "dark";

export type ThemeChoice = "system" | Theme;

/** Where the choice is kept while Satchel runs: locking loads the document anew. The profile is ephemeral, so it is in no file. */
const KEPT = "appearance";

/** Which theme the window wears: the one chosen, or the one of the system, followed live. */
export class Appearance {
  #choice = $state<ThemeChoice>(kept());
  #systemIsDark = new MediaQuery("(prefers-color-scheme: dark)");

  get choice(): ThemeChoice {
    return this.#choice;
  }

  set choice(choice: ThemeChoice) {
    this.#choice = choice;
    sessionStorage.setItem(KEPT, choice);
  }

  get theme(): Theme {
    if (this.choice !== "system") return this.choice;
    return this.#systemIsDark.current ? "dark" : "light";
  }
}

function kept(): ThemeChoice {
  const choice = sessionStorage.getItem(KEPT);
  return choice === "light" || choice === "dark" ? choice : "system";
}
