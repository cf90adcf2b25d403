import { vi } from "vitest";

import type { Answer, Api } from "../lib/api";
import type { AnswerView } from "../lib/bindings/AnswerView";
import type { Assessment } from "../lib/bindings/Assessment";
import type { DeadlineView } from "../lib/bindings/DeadlineView";
import type { DraftView } from "../lib/bindings/DraftView";
import type { EntryView } from "../lib/bindings/EntryView";
import type { FileView } from "../lib/bindings/FileView";
import type { HistoryAnswer } from "../lib/bindings/HistoryAnswer";
import type { FormView } from "../lib/bindings/FormView";
import type { NoticeView } from "../lib/bindings/NoticeView";
import type { ProblemView } from "../lib/bindings/ProblemView";
import type { QuoteView } from "../lib/bindings/QuoteView";
import type { SavedAnswer } from "../lib/bindings/SavedAnswer";
import type { SavedRows } from "../lib/bindings/SavedRows";
import type { UiErrorCode } from "../lib/bindings/UiErrorCode";
import { FORM } from "./formView";

/** 10:42:07 AM in the time zone of the tests. */
export const SAVED_AT_MS = new Date(2026, 10, 24, 10, 42, 7).getTime();
export const ORDER = "order-1";

const REQUIRED = ["customer.person", "subject.name", "locations.*.custodian", "locations.*.phone"];

/** The draft as it was before a change. */
type Kept = { what: string; answers: [string, EntryView][]; rows: number[] };

/** Stands in for the vault: keeps one draft as the Rust side would, as far as the window can tell. */
export class Vault {
  readonly answers = new Map<string, EntryView>();
  rows: number[] = [];
  files: FileView[] = [];
  /** The dates of the docket, and the warnings that come with them. */
  deadlines: DeadlineView[] = [];
  cautions: ProblemView[] = [];
  /** What was saved, in order. */
  readonly saves: { path: string; entry: EntryView }[] = [];
  readonly form: FormView;
  #removed = new Map<number, { at: number; answers: [string, EntryView][] }>();
  #rowNext = 1;
  readonly #past: Kept[] = [];
  readonly #future: Kept[] = [];
  #failures: { code: UiErrorCode; message: string }[] = [];
  #gates: Promise<void>[] = [];

  constructor(form: FormView = FORM) {
    this.form = form;
  }

  /** Makes the next saves fail, one for each. */
  failNext(...failures: { code: UiErrorCode; message: string }[]): void {
    this.#failures.push(...failures);
  }

  /** Holds the next save until the answered function is called. */
  holdNext(): () => void {
    let open: () => void = () => undefined;
    this.#gates.push(
      new Promise((resolve) => {
        open = resolve;
      }),
    );
    return () => {
      open();
    };
  }

  set(path: string, value: string | EntryView): this {
    this.answers.set(path, typeof value === "string" ? { is: "text", text: value } : value);
    return this;
  }

  addRow(): number {
    const row = this.#rowNext++;
    this.rows.push(row);
    return row;
  }

  get view(): DraftView {
    return {
      order: ORDER,
      form: this.form,
      answers: this.#views(),
      rows: { locations: [...this.rows] },
      assessment: this.assessment(),
      files: this.files,
      savedAtMs: SAVED_AT_MS,
    };
  }

  /** The commands of drafts and files. */
  commands(): Partial<Api> {
    const rows = (change: () => void) => () => {
      this.#keep("Locations");
      change();
      return Promise.resolve(done(this.#savedRows()));
    };
    return {
      openDraft: vi.fn(() => Promise.resolve(done(this.view))),
      saveAnswer: vi.fn((_: string, path: string, entry: EntryView) => this.#save(path, entry)),
      revealAnswer: vi.fn((_: string, path: string) =>
        Promise.resolve(done((this.answers.get(path) ?? null) as AnswerView | null)),
      ),
      addRow: vi.fn(rows(() => this.addRow())),
      removeRow: vi.fn((_: string, _section: string, row: number) =>
        rows(() => {
          this.#remove(row);
        })(),
      ),
      restoreRow: vi.fn((_: string, _section: string, row: number) =>
        rows(() => {
          this.#restore(row);
        })(),
      ),
      discardDraft: vi.fn(nothing),
      restoreDraft: vi.fn(nothing),
      undoChange: vi.fn(() => Promise.resolve(done(this.#step(this.#past, this.#future)))),
      redoChange: vi.fn(() => Promise.resolve(done(this.#step(this.#future, this.#past)))),
      pickFiles: vi.fn(nothing),
      dropsGoTo: vi.fn(nothing),
      cancelFile: vi.fn(nothing),
      removeFile: vi.fn(nothing),
      restoreFile: vi.fn(nothing),
    };
  }

  assessment(): Assessment {
    const isFiled = this.answers.get("case.filed");
    const hidden = isFiled?.is === "flag" && isFiled.flag ? [] : ["case.number"];
    const required = REQUIRED.flatMap((path) =>
      path.includes("*") ? this.rows.map((row) => path.replace("*", String(row))) : [path],
    );
    return {
      hidden,
      required,
      problems: [...this.#problems(required), ...this.cautions],
      deadlines: this.deadlines,
      folded: this.#folded(),
      caption: {
        line: [this.#text("case.plaintiff"), this.#text("case.defendant")].filter(Boolean).join(" v. "),
        plaintiff: this.#text("case.plaintiff") || null,
        defendant: this.#text("case.defendant") || null,
        court: null,
        county: null,
        branch: null,
        number: this.#text("case.number") || null,
        notes: [],
      },
      quote: this.#quote(),
    };
  }

  async #save(path: string, entry: EntryView): Promise<Answer<SavedAnswer>> {
    await this.#gates.shift();
    const failure = this.#failures.shift();
    if (failure) return { is: "failed", error: failure };
    this.saves.push({ path, entry });
    this.#keep(path);
    const notices: NoticeView[] = [];
    const inert = entry.is === "text" ? { is: "text" as const, text: inertOf(entry.text, notices) } : entry;
    if (inert.is === "text" && inert.text === "") this.answers.delete(path);
    else this.answers.set(path, this.#normal(path, inert));
    return done({
      savedAtMs: SAVED_AT_MS + this.saves.length - 1,
      answer: this.#views()[path] ?? null,
      notices,
      assessment: this.assessment(),
    });
  }

  /** Keeps the draft as it is before a change, which then can be taken back. */
  #keep(what: string): void {
    this.#past.push(this.#kept(what));
    this.#future.length = 0;
  }

  #kept(what: string): Kept {
    return { what, answers: [...this.answers], rows: [...this.rows] };
  }

  #step(from: Kept[], to: Kept[]): HistoryAnswer {
    const kept = from.pop();
    if (!kept) return { saved: null, what: null };
    to.push(this.#kept(kept.what));
    this.answers.clear();
    for (const [path, entry] of kept.answers) this.answers.set(path, entry);
    this.rows = [...kept.rows];
    return { saved: this.view, what: kept.what };
  }

  #normal(path: string, entry: EntryView): EntryView {
    if (path === "subject.loss" && entry.is === "text" && entry.text === "2/3") {
      return { is: "text", text: "Tue Feb 3, 2026" };
    }
    return entry.is === "text" ? { is: "text", text: entry.text.trim() } : entry;
  }

  #views(): Record<string, AnswerView> {
    return Object.fromEntries(
      [...this.answers].map(([path, entry]) => [
        path,
        this.#isMasked(path) ? mask(entry) : (entry as AnswerView),
      ]),
    );
  }

  #isMasked(path: string): boolean {
    const [section, field] = path.split(".");
    return this.form.sections
      .filter(({ id }) => id === section)
      .some(({ fields }) => fields.some(({ id, masked }) => id === field && masked));
  }

  #text(path: string): string {
    const entry = this.answers.get(path);
    return entry?.is === "text" ? entry.text : "";
  }

  #problems(required: string[]): ProblemView[] {
    const empty = required
      .filter((path) => this.#text(path) === "")
      .map((path) => problem(path, "empty", "This is needed.", `Missing ${path}`));
    const email = this.#text("customer.email");
    const wrong =
      email !== "" && !email.includes("@")
        ? [problem("customer.email", "wrong", "This is not an e-mail address.", "Reply e-mail is wrong")]
        : [];
    const none =
      this.rows.length === 0 ? [problem("locations", "empty", "Add a location.", "A location")] : [];
    const place = (path: string) => this.form.sections.findIndex(({ id }) => id === path.split(".")[0]);
    return [...empty, ...wrong, ...none].sort((one, other) => place(one.path) - place(other.path));
  }

  #folded(): Assessment["folded"] {
    const lines = this.form.sections.map(({ id, fields }) => ({
      section: id,
      row: null,
      title: null,
      says: fields
        .map((field) => this.#text(`${id}.${field.id}`))
        .filter(Boolean)
        .join(", "),
    }));
    const rows = this.rows.map((row) => ({
      section: "locations",
      row,
      title: this.#text(`locations.${row}.custodian`) || null,
      says: this.#text(`locations.${row}.phone`),
    }));
    return [...lines, ...rows];
  }

  #quote(): QuoteView {
    const amountCents = this.rows.length * 4_800;
    const line = { label: "Records request", quantity: this.rows.length, unitCents: 4_800, amountCents };
    return { lines: this.rows.length > 0 ? [line] : [], totalCents: amountCents };
  }

  #savedRows(): SavedRows {
    return {
      savedAtMs: SAVED_AT_MS,
      rows: [...this.rows],
      answers: this.#views(),
      assessment: this.assessment(),
    };
  }

  #remove(row: number): void {
    const answers = [...this.answers].filter(([path]) => path.startsWith(`locations.${row}.`));
    this.#removed.set(row, { at: this.rows.indexOf(row), answers });
    this.rows = this.rows.filter((one) => one !== row);
    for (const [path] of answers) this.answers.delete(path);
  }

  #restore(row: number): void {
    const removed = this.#removed.get(row);
    if (!removed) throw new Error(`row ${row} was not removed`);
    this.rows = this.rows.toSpliced(removed.at, 0, row);
    for (const [path, entry] of removed.answers) this.answers.set(path, entry);
  }
}

const done = <T>(value: T): Answer<T> => ({ is: "done", value });
const nothing = () => Promise.resolve(done(null));

function problem(
  path: string,
  severity: ProblemView["severity"],
  message: string,
  toFinish: string,
): ProblemView {
  return { path, severity, code: severity, message, toFinish };
}

/** Takes scripts out, as far as the tests need it. */
function inertOf(typed: string, notices: NoticeView[]): string {
  return typed.replaceAll(/<script>.*?<\/script>/g, (markup) => {
    notices.push({ part: null, change: "removed", text: markup });
    return "";
  });
}

function mask(entry: EntryView): AnswerView {
  return { is: "masked", masked: entry.is === "text" ? `•••-••-${entry.text.slice(-4)}` : "••••••" };
}
