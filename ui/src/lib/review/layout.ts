import type { Fact } from "../bindings/Fact";
import type { ReviewSection } from "../bindings/ReviewSection";

/** More columns than this do not fit on a letter page beside each other. */
export const COLUMNS_MAX = 4;

/** A longer answer needs the width of the sheet. */
export const SHORT_CHARS_MAX = 60;

export type Table = { columns: readonly string[]; rows: readonly (readonly string[])[] };

/** How the sheet is laid out: facts side by side or across, and tables of what repeats. */
export type Block =
  | { is: "facts"; sections: readonly ReviewSection[]; wide: boolean }
  | { is: "table"; id: string; title: string; table: Table }
  | { is: "list"; id: string; title: string; rows: readonly Named[] };

/** A row with more answers than a table holds: what it is called, and the rest. */
export type Named = { name: string; facts: readonly Fact[] };

export function layout(sections: readonly ReviewSection[]): readonly Block[] {
  const blocks: Block[] = [];
  for (const section of sections) {
    if (section.rows.length > 0) blocks.push(repeating(section));
    if (section.facts.length > 0) addFacts(blocks, section);
  }
  return blocks;
}

/** Tells whether the sheet hides anything that is sent. */
export function hasMasked(sections: readonly ReviewSection[]): boolean {
  return sections.some(({ facts, rows }) =>
    [facts, ...rows].some((some) => some.some(({ masked }) => masked)),
  );
}

function addFacts(blocks: Block[], section: ReviewSection): void {
  const wide = section.facts.some(({ value }) => value.length > SHORT_CHARS_MAX || value.includes("\n"));
  const last = blocks.at(-1);
  if (!wide && last?.is === "facts" && !last.wide) {
    blocks[blocks.length - 1] = { ...last, sections: [...last.sections, section] };
  } else blocks.push({ is: "facts", sections: [section], wide });
}

function repeating({ id, title, rows }: ReviewSection): Block {
  const columns = [...new Set(rows.flatMap((row) => row.map(({ label }) => label)))];
  if (columns.length > COLUMNS_MAX) return { is: "list", id, title, rows: rows.map(named) };
  const cells = rows.map((row) => columns.map((column) => valueOf(row, column)));
  return { is: "table", id, title, table: { columns, rows: cells } };
}

function named(row: readonly Fact[]): Named {
  const [first, ...facts] = row;
  return { name: first?.value ?? "", facts };
}

function valueOf(row: readonly Fact[], column: string): string {
  return row
    .filter(({ label }) => label === column)
    .map(({ value }) => value)
    .join("\n");
}

/** `9f2c 41d8 … 07be a6e3`: enough to compare by eye. */
export function shortSum(sha256: string): string {
  const fours = sha256.match(/.{4}/g) ?? [];
  return fours.length <= 4 ? fours.join(" ") : [...fours.slice(0, 2), "…", ...fours.slice(-2)].join(" ");
}
