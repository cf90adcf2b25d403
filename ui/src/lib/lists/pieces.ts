/** The height of a row in CSS pixels: `--row` of tokens.css. */
export const ROW_PX = 32;

/** Rows that are made above and below what is seen, so that a quick scroll shows no blank. */
export const ROWS_BEYOND = 12;

/** A stretch of a long list: a row that is made, or a gap where rows would be. */
export type Piece = { is: "row"; place: number } | { is: "gap"; key: string; rows: number };

export type Seen = { scrolled: number; height: number };

/**
 * Tells what of a long list is made: the rows that are seen and some beyond, and always the row `at`, which has
 * the tab stop and maybe the focus. The pieces together are as high as all rows.
 */
export function pieces(count: number, { scrolled, height }: Seen, at: number): readonly Piece[] {
  const from = clamp(Math.floor(scrolled / ROW_PX) - ROWS_BEYOND, 0, count);
  const to = clamp(Math.ceil((scrolled + height) / ROW_PX) + ROWS_BEYOND, from, count);
  const made = Array.from({ length: to - from }, (_, step) => from + step);
  if (at >= 0 && at < from) made.unshift(at);
  if (at >= to && at < count) made.push(at);

  const all: Piece[] = [];
  let next = 0;
  for (const place of made) {
    if (place > next)
      all.push({ is: "gap", key: `gap before ${all.length === 0 ? "all" : "more"}`, rows: place - next });
    all.push({ is: "row", place });
    next = place + 1;
  }
  if (next < count) all.push({ is: "gap", key: "gap after all", rows: count - next });
  return all;
}

/** Tells how far a list must be scrolled so that a row is seen, as little as possible. `head` covers the top. */
export function scrolledTo(place: number, { scrolled, height }: Seen, head: number): number {
  const top = place * ROW_PX;
  const bottom = top + ROW_PX + head - height;
  return Math.max(Math.min(scrolled, top), bottom, 0);
}

/** Where a key leads from a row, and nothing where it does not lead. */
export function placeAfter(key: string, at: number, count: number, height: number): number | null {
  const page = Math.max(1, Math.floor(height / ROW_PX) - 1);
  const steps: Record<string, number> = {
    ArrowDown: at + 1,
    ArrowUp: at - 1,
    PageDown: at + page,
    PageUp: at - page,
    Home: 0,
    End: count - 1,
  };
  const place = Object.hasOwn(steps, key) ? steps[key] : undefined;
  return place === undefined ? null : clamp(place, 0, Math.max(0, count - 1));
}

function clamp(number: number, min: number, max: number): number {
  return Math.min(Math.max(number, min), max);
}
