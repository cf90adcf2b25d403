import { createContext } from "svelte";

import type { Draft } from "./draft.svelte";
import type { Files } from "./files.svelte";
import type { Folding } from "./folding.svelte";

/** What every part of an open form shares. */
export type OpenForm = {
  readonly draft: Draft;
  readonly folding: Folding;
  readonly files: Files;
  /** Unfolds what holds a path, scrolls to it and puts the focus there. */
  readonly goTo: (path: string) => void;
  /** Lets the user pick files to attach. */
  readonly attach: () => void;
};

export const [useForm, provideForm] = createContext<OpenForm>();
