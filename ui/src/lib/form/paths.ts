import type { FormView } from "../bindings/FormView";

/** The rows of each repeating section by their ids. */
export type Rows = ReadonlyMap<string, readonly number[]>;

/** Where a path is in the form, as ordinal numbers from 0; -1 where it is the section or the row as a whole. */
export type Spot = { section: number; row: number; field: number; part: string };

export function pathOf(section: string, row: number | null, field: string): string {
  return row === null ? `${section}.${field}` : `${section}.${row}.${field}`;
}

/** A section, or a row of it, as folded lines and marks are kept by. */
export function groupOf(section: string, row: number | null): string {
  return row === null ? section : `${section}.${row}`;
}

/** The id of a field's control in the document. */
export function idOf(path: string): string {
  return `field:${path}`;
}

/** Finds a path in the form; null where it names no section, such as a problem of the files. */
export function spotOf(form: FormView, rows: Rows, path: string): Spot | null {
  const [id, ...rest] = path.split(".");
  const section = form.sections.findIndex((one) => one.id === id);
  const view = form.sections[section];
  if (!view) return null;
  const row = view.repeats ? (rows.get(view.id) ?? []).indexOf(Number(rest.shift() ?? NaN)) : -1;
  const field = view.fields.findIndex((one) => one.id === rest[0]);
  return { section, row, field, part: rest[1] ?? "" };
}

// The parts of an address as they stand in the form; first the address as a whole.
const PARTS = ["", "line1", "line2", "city", "state", "zip"];

/** Orders spots as the form shows them. */
export function compareSpots(one: Spot, other: Spot): number {
  return (
    one.section - other.section ||
    one.row - other.row ||
    one.field - other.field ||
    PARTS.indexOf(one.part) - PARTS.indexOf(other.part)
  );
}

/** The number that the user sees of a section or row: "5", "6.3". */
export function numberOf(section: number, row: number): string {
  return row === -1 ? String(section + 1) : `${section + 1}.${row + 1}`;
}
