/** What is told once a thing is done, with the way back. */
export type Toast = { says: string; undo: () => Promise<void> | void };

/** The toast that is shown. */
export class Toasts {
  #shown = $state.raw<Toast | null>(null);

  get shown(): Toast | null {
    return this.#shown;
  }

  show(toast: Toast): void {
    this.#shown = toast;
  }
}
