import { vi } from "vitest";

/** The colour scheme of a computer, which can change while the window is open. */
export class System {
  static current = new System();

  #dark = false;
  #queries: EventTarget[] = [];

  static install(): void {
    const system = (System.current = new System());
    vi.stubGlobal("matchMedia", (query: string) => system.#query(query));
  }

  goDark(): void {
    this.#dark = true;
    for (const query of this.#queries) query.dispatchEvent(new Event("change"));
  }

  #query(media: string): EventTarget {
    if (media !== "(prefers-color-scheme: dark)") throw new Error(`unknown media query ${media}`);
    const query = new EventTarget();
    Object.defineProperty(query, "matches", { get: () => this.#dark });
    this.#queries.push(query);
    return query;
  }
}
