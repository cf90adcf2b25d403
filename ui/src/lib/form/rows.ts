import type { WidthView } from "../bindings/WidthView";

/** Of the twelve columns. */
const COLUMNS: Record<WidthView, number> = { full: 12, "two-thirds": 8, half: 6, third: 4 };

/** Whether what a field says stands across its row. */
export function saysAcross(width: WidthView): boolean {
  return width === "third";
}

/** Puts fields into the rows that the grid makes of them; `breakAfter` is the place of one that a note of full width follows. */
export function rowsOf<T>(
  fields: readonly T[],
  widthOf: (field: T) => WidthView,
  breakAfter: number,
): readonly (readonly T[])[] {
  const rows: T[][] = [];
  let left = 0;
  fields.forEach((field, at) => {
    const columns = COLUMNS[widthOf(field)];
    if (columns > left || at === breakAfter + 1) {
      rows.push([]);
      left = 12;
    }
    rows.at(-1)?.push(field);
    left -= columns;
  });
  return rows;
}
