import type { ShellEvent } from "../bindings/ShellEvent";

/** What the rest of Satchel tells without being asked, handed on to whoever listens. */
export class Events {
  readonly #hearers = new Set<(event: ShellEvent) => void>();

  /** Listens until the answered function is called. */
  on(hear: (event: ShellEvent) => void): () => void {
    this.#hearers.add(hear);
    return () => this.#hearers.delete(hear);
  }

  tell(event: ShellEvent): void {
    for (const hear of [...this.#hearers]) hear(event);
  }
}
