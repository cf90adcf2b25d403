/* eslint-disable svelte/prefer-svelte-reactivity -- what is only looked up is not drawn */
import { SvelteMap, SvelteSet } from "svelte/reactivity";

import type { Saving } from "../shell/saving.svelte";
import type { Draft } from "./draft.svelte";

/**
 * Which sections are folded to a line and which row of a section is open. A section folds when the user has left it complete
 * and all of it is on disk; never while the focus is in it, and never while a pointer is down, since what is being clicked
 * would move away.
 */
export class Folding {
  readonly #draft: Draft;
  readonly #saving: Saving;
  readonly #folded = new SvelteSet<string>();
  readonly #openRows = new SvelteMap<string, number>();
  readonly #left = new Set<string>();
  #isPressed = false;

  constructor(draft: Draft, saving: Saving) {
    this.#draft = draft;
    this.#saving = saving;
    for (const { id, repeats } of draft.form.sections) {
      if (this.#isComplete(id)) this.#folded.add(id);
      const rows = draft.rows.get(id) ?? [];
      const [only] = rows;
      if (repeats && rows.length === 1 && only !== undefined && !this.#isComplete(`${id}.${only}`)) {
        this.#openRows.set(id, only);
      }
    }
  }

  isFolded(section: string): boolean {
    return this.#folded.has(section);
  }

  openRow(section: string): number | null {
    return this.#openRows.get(section) ?? null;
  }

  unfold(section: string): void {
    this.#left.delete(section);
    this.#folded.delete(section);
  }

  /** Opens a row, and closes the one that was open. */
  open(section: string, row: number): void {
    this.#openRows.set(section, row);
  }

  close(section: string): void {
    this.#openRows.delete(section);
  }

  arrive(section: string): void {
    this.#left.delete(section);
  }

  leave(section: string): void {
    this.#left.add(section);
  }

  press(): void {
    this.#isPressed = true;
  }

  release(): void {
    this.#isPressed = false;
  }

  /** Whether `settle` would fold something. */
  get isDue(): boolean {
    return !this.#isPressed && [...this.#left].some((section) => this.#isComplete(section));
  }

  /** Folds what was left complete. */
  settle(): void {
    if (this.#isPressed) return;
    for (const section of this.#left) {
      if (!this.#isComplete(section)) continue;
      this.#left.delete(section);
      this.#folded.add(section);
    }
  }

  #isComplete(group: string): boolean {
    const { marks, order } = this.#draft;
    return marks.get(group)?.is === "done" && !this.#saving.hasUnsaved(order, group);
  }
}
