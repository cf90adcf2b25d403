/* eslint-disable svelte/prefer-svelte-reactivity -- the maps here are looked up only; what is drawn are the cells */
import { SvelteMap } from "svelte/reactivity";

import type { AnswerView } from "../bindings/AnswerView";
import type { Assessment } from "../bindings/Assessment";
import type { DraftView } from "../bindings/DraftView";
import type { EntryView } from "../bindings/EntryView";
import type { FoldedView } from "../bindings/FoldedView";
import type { FormView } from "../bindings/FormView";
import type { ProblemView } from "../bindings/ProblemView";
import type { SavedAnswer } from "../bindings/SavedAnswer";
import type { SavedRows } from "../bindings/SavedRows";
import type { UiError } from "../bindings/UiError";
import type { Saving } from "../shell/saving.svelte";
import type { Entered, Urgency } from "./autosave";
import { Cell } from "./cell.svelte";
import { merge, sectionsThatDiffer } from "./differing";
import { isTyped } from "./entries";
import { heaviest, isSameProblem, marksOf, type Mark } from "./marks";
import { groupOf, pathOf } from "./paths";

/** An open draft: what the form shows, and the way of an entry to the disk and back. */
export class Draft {
  readonly order: string;
  readonly form: FormView;
  readonly rows = new SvelteMap<string, readonly number[]>();
  readonly marks = new SvelteMap<string, Mark>();
  readonly folded = new SvelteMap<string, FoldedView>();
  /** Review was tried: from then on, what is missing is also said at its field. */
  isReviewed = $state(false);
  /** Called when something was saved and is shown. */
  onSettled: () => void = () => undefined;

  #assessment: Assessment;
  readonly #saving: Saving;
  readonly #cells = new Map<string, Cell>();
  #answers: Map<string, AnswerView>;
  #problems = new Map<string, ProblemView>();
  #required = new Set<string>();
  #hidden = new Set<string>();

  constructor(view: DraftView, saving: Saving) {
    this.order = view.order;
    this.form = view.form;
    this.#saving = saving;
    this.#assessment = $state.raw(view.assessment);
    this.#answers = new Map(Object.entries(view.answers));
    for (const [section, rows] of Object.entries(view.rows)) this.rows.set(section, rows);
    this.#take(view.assessment);
    for (const { id } of view.form.sections) this.#makeCells(id);
    // What an earlier form of this draft could not save.
    for (const { path, entry } of saving.unsaved(view.order)) {
      Object.assign(this.cell(path), { typed: entry, entered: entry });
    }
  }

  get assessment(): Assessment {
    return this.#assessment;
  }

  /** Listens to what becomes of its entries, until the answered function is called. */
  listen(): () => void {
    return this.#saving.hear(this.order, {
      saved: (entered, saved) => {
        this.#saved(entered, saved);
      },
      failed: (entered, error) => {
        this.#failed(entered, error);
      },
    });
  }

  cell(path: string): Cell {
    const found = this.#cells.get(path);
    if (found) return found;
    const cell = new Cell();
    const answer = this.#answers.get(path) ?? null;
    cell.kept = answer;
    // An answer from an earlier day was left already, and so was each part of an address.
    cell.wasLeft = answer !== null || this.#answers.has(path.replace(/\.[^.]*$/, ""));
    cell.problem = this.#problems.get(path) ?? null;
    cell.isRequired = this.#required.has(path);
    cell.isHidden = this.#hidden.has(path);
    this.#cells.set(path, cell);
    return cell;
  }

  /** Makes the cells of a section before anything is drawn: what makes a signal while it is drawn does not hear it. */
  #makeCells(id: string): void {
    const section = this.form.sections.find((one) => one.id === id);
    if (!section) return;
    this.cell(id);
    for (const row of section.repeats ? (this.rows.get(id) ?? []) : [null]) {
      for (const field of section.fields) this.cell(pathOf(id, row, field.id));
    }
  }

  /** What is on disk at a path. */
  answer(path: string): AnswerView | null {
    return this.#answers.get(path) ?? null;
  }

  /** Shows what was typed, without saving it: a composition of characters goes on. */
  compose(path: string, entry: EntryView): void {
    const cell = this.cell(path);
    cell.typed = entry;
    // What is typed into an empty masked field stays readable until it is left.
    cell.isUncovered = true;
  }

  /** Shows and saves what was entered. */
  enter(path: string, entry: EntryView, urgency: Urgency): void {
    this.compose(path, entry);
    const cell = this.cell(path);
    cell.entered = entry;
    cell.failure = null;
    this.#saving.enter({ order: this.order, path, entry }, urgency);
  }

  /** Notes what stands in a field right before something is pasted into it. */
  beforePaste(path: string, before: EntryView): void {
    const cell = this.cell(path);
    cell.beforePaste = before;
    cell.pasted = null;
    cell.changed = null;
  }

  arrive(path: string): void {
    this.cell(path).hasFocus = true;
  }

  /** The field lost the focus: what is in it is saved now, and is then shown as it is kept. */
  leave(path: string): void {
    const cell = this.cell(path);
    cell.hasFocus = false;
    cell.wasLeft = true;
    if (cell.typed && cell.typed !== cell.entered) this.enter(path, cell.typed, "now");
    this.#saving.flush();
    this.cover(path);
  }

  /** The form closes: what a field holds back is entered, and all of it is saved. */
  leaveAll(): void {
    for (const [path, cell] of this.#cells) {
      if (cell.typed && cell.typed !== cell.entered) this.enter(path, cell.typed, "now");
    }
    this.#saving.flush();
  }

  /** Hides what a masked field shows, and shows what the others hold as it is kept. */
  cover(path: string): void {
    const cell = this.cell(path);
    cell.isUncovered = false;
    cell.revealed = null;
    this.#showKept(cell);
  }

  /** Hides what all fields show that are masked. */
  coverAll(): void {
    for (const [path, cell] of this.#cells) if (cell.isUncovered && cell.isMasked) this.cover(path);
  }

  /** Takes the rows of a section as they are after one came or went. */
  takeRows(section: string, { rows, answers, assessment }: SavedRows): void {
    const below = `${section}.`;
    for (const path of [...this.#answers.keys()]) if (path.startsWith(below)) this.#answers.delete(path);
    for (const [path, answer] of Object.entries(answers)) {
      if (path.startsWith(below)) this.#answers.set(path, answer);
    }
    for (const [path, cell] of this.#cells) {
      if (!path.startsWith(below)) continue;
      const kept = this.#answers.get(path) ?? null;
      if (JSON.stringify(kept) !== JSON.stringify(cell.kept)) cell.kept = kept;
    }
    this.rows.set(section, rows);
    this.#makeCells(section);
    this.#take(assessment);
    this.onSettled();
  }

  /**
   * Takes the whole draft as it is on disk after a change was taken back; answers the sections that are different now. What was
   * typed and is not saved stays.
   */
  takeView(view: DraftView): string[] {
    const { answers, rows, assessment } = view;
    const different = sectionsThatDiffer(this.#answers, this.rows, view);
    this.#answers = new Map(Object.entries(answers));
    for (const section of [...this.rows.keys()]) if (!Object.hasOwn(rows, section)) this.rows.delete(section);
    for (const [section, ids] of Object.entries(rows)) this.rows.set(section, ids);
    const unsaved = new Set(this.#saving.unsaved(this.order).map(({ path }) => path));
    for (const [path, cell] of this.#cells) {
      cell.takeKept(this.#answers.get(path) ?? null, unsaved.has(path) ? "unsaved" : "saved");
    }
    for (const { id } of this.form.sections) this.#makeCells(id);
    this.#take(assessment);
    this.onSettled();
    return different;
  }

  #saved({ path, entry }: Entered, { answer, notices, assessment }: SavedAnswer): void {
    if (answer) this.#answers.set(path, answer);
    else this.#answers.delete(path);
    const cell = this.#cells.get(path);
    if (cell) {
      cell.kept = answer;
      cell.saved = entry;
      cell.failure = null;
      if (notices.length > 0) cell.changed = { notices, before: cell.beforePaste };
      else if (entry === cell.entered) cell.beforePaste = null;
      const wasPasted = cell.pasted === entry;
      if (!cell.hasFocus || !isTyped(entry) || (wasPasted && notices.length > 0)) this.#showKept(cell);
    }
    this.#take(assessment);
    this.onSettled();
  }

  #failed({ path, entry }: Entered, error: UiError): void {
    const cell = this.#cells.get(path);
    // Of what may yet be saved by itself, the window says so; of the rest, the field does.
    const isFinal = error.code === "too_long" || error.code === "refused";
    if (isFinal && cell?.entered === entry) cell.failure = error;
  }

  /** Shows the answer as it is kept, unless something newer stands in the field. */
  #showKept(cell: Cell): void {
    if (cell.typed === cell.saved) cell.typed = null;
  }

  #take(assessment: Assessment): void {
    this.#problems = heaviest(assessment.problems);
    this.#required = new Set(assessment.required);
    this.#hidden = new Set(assessment.hidden);
    for (const [path, cell] of this.#cells) {
      const problem = this.#problems.get(path) ?? null;
      if (!isSameProblem(problem, cell.problem)) cell.problem = problem;
      cell.isRequired = this.#required.has(path);
      cell.isHidden = this.#hidden.has(path);
    }
    this.#assessment = assessment;
    const marks = marksOf(this.form, this.rows, assessment, this.#answers.keys());
    merge(this.marks, marks, (one, other) => one.is === other.is && one.says === other.says);
    const folded = new Map(assessment.folded.map((line) => [groupOf(line.section, line.row), line]));
    merge(this.folded, folded, (one, other) => one.title === other.title && one.says === other.says);
  }
}
