/* eslint-disable svelte/prefer-svelte-reactivity -- what is only looked up is not drawn */
import { SvelteMap } from "svelte/reactivity";

import type { FileView } from "../bindings/FileView";
import type { ShellEvent } from "../bindings/ShellEvent";

/** The id of the button that adds files. */
export const FILES_ID = "add-files";

/** Before so much time the speed of sealing is a guess. */
const SPEED_KNOWN_AFTER_MS = 2_000;

/** The files of an open draft, in the order in which they came. */
export class Files {
  readonly #order: string;
  readonly #files = new SvelteMap<string, FileView>();
  readonly #since = new Map<string, { atMs: number; done: number }>();
  /** Files that were taken away here; what is told of them later comes too late. */
  readonly #gone = new Set<string>();
  isDraggedOver = $state(false);

  constructor(order: string, files: readonly FileView[]) {
    this.#order = order;
    for (const file of files) this.put(file);
  }

  get all(): FileView[] {
    return [...this.#files.values()];
  }

  /** Takes the files as they are after some came back or went. */
  take(files: readonly FileView[]): void {
    const there = new Set(files.map(({ file }) => file));
    for (const { file } of this.all) if (!there.has(file)) this.drop(file);
    for (const file of files) this.put(file);
  }

  hear(event: ShellEvent): void {
    if (event.is === "dragging") this.isDraggedOver = event.over;
    if (event.is === "file" && event.order === this.#order && !this.#gone.has(event.file.file)) {
      this.put(event.file);
    }
  }

  put(file: FileView): void {
    this.#gone.delete(file.file);
    if (file.state.is !== "sealing") this.#since.delete(file.file);
    else if (!this.#since.has(file.file)) {
      this.#since.set(file.file, { atMs: performance.now(), done: file.state.done });
    }
    this.#files.set(file.file, file);
  }

  /** Takes a file out of the list. */
  drop(file: string): void {
    this.#gone.add(file);
    this.#since.delete(file);
    this.#files.delete(file);
  }

  /** How long sealing a file will take, by its speed so far; null where that is not known. */
  secondsLeft({ file, length, state }: FileView): number | null {
    const since = this.#since.get(file);
    if (state.is !== "sealing" || !since) return null;
    const tookMs = performance.now() - since.atMs;
    const done = state.done - since.done;
    if (tookMs < SPEED_KNOWN_AFTER_MS || done <= 0) return null;
    return ((length - state.done) * tookMs) / done / 1_000;
  }
}
