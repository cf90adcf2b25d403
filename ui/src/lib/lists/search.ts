import type { OrderRow } from "../bindings/OrderRow";
import { STATE_CHIPS } from "../shell/chips";

/** Makes a search over rows. The texts are folded once, so that a keystroke costs no more than looking. */
export function searchOf(rows: readonly OrderRow[]): (query: string) => readonly OrderRow[] {
  let folded: string[] | null = null;
  return (query) => {
    const words = fold(query).split(/\s+/).filter(Boolean);
    if (words.length === 0) return rows;
    folded ??= rows.map(textOf);
    const texts = folded;
    return rows.filter((_, place) => words.every((word) => texts[place]?.includes(word)));
  };
}

function textOf({ caption, subject, clientMatter, service, number, state }: OrderRow): string {
  // The list of drafts has no column of states.
  const status = state === "draft" ? null : STATE_CHIPS[state].says;
  // A line end keeps a word from matching across two columns.
  return fold([caption, subject, clientMatter, service, number, status].filter(Boolean).join("\n"));
}

/** Lower case and without accents: `pena` finds `Peña`. */
function fold(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}
