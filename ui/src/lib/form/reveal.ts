import { tick } from "svelte";

import type { Api } from "../api";
import type { Draft } from "./draft.svelte";

/** A revealed answer is hidden again after so long without a keystroke. */
export const REVEALED_MS = 20_000;

/** Shows a masked answer for a while. */
export class Reveal {
  readonly #draft: Draft;
  readonly #path: string;
  readonly #ask: Api["revealAnswer"];
  readonly #box: () => HTMLElement | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asked = 0;

  constructor(draft: Draft, path: string, ask: Api["revealAnswer"], box: () => HTMLElement | undefined) {
    this.#draft = draft;
    this.#path = path;
    this.#ask = ask;
    this.#box = box;
  }

  /** Shows what is behind the mask, with the focus in it. */
  async show(): Promise<void> {
    const cell = this.#draft.cell(this.#path);
    // What was typed and is not on disk yet is known here.
    if (cell.typed === null) {
      const asked = ++this.#asked;
      const answer = await this.#ask(this.#draft.order, this.#path);
      if (asked !== this.#asked) return;
      if (answer.is === "failed") {
        cell.failure = answer.error;
        return;
      }
      cell.revealed = answer.value;
    }
    cell.isUncovered = true;
    this.restart();
    await this.#focus();
  }

  /** Counts the time from now, while the answer is shown. */
  restart(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#hide(), REVEALED_MS);
  }

  /** Stops counting, and takes no answer that comes late. */
  stop(): void {
    this.#asked += 1;
    clearTimeout(this.#timer);
  }

  async #hide(): Promise<void> {
    const hadFocus = this.#box()?.contains(document.activeElement) ?? false;
    this.#draft.cover(this.#path);
    if (hadFocus) await this.#focus();
  }

  async #focus(): Promise<void> {
    await tick();
    const control = this.#box()?.querySelector<HTMLElement>("input, textarea, select");
    control?.focus();
    if (control && isText(control) && !control.readOnly) {
      control.setSelectionRange(control.value.length, control.value.length);
    }
  }
}

function isText(control: HTMLElement): control is HTMLInputElement | HTMLTextAreaElement {
  return (
    control instanceof HTMLTextAreaElement || (control instanceof HTMLInputElement && control.type === "text")
  );
}
