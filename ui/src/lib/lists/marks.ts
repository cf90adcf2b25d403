/** A stretch of a text: found, or what stands between. */
export type Marked = { text: string; isFound: boolean };

/** From how many characters on a word with a digit in it is found inside other words; as `search.rs` does it. */
const INSIDE_FROM = 3;

/**
 * Parts a text into what a search found in it and what it did not. The shell has found the order; this only shows by what, so a letter
 * that it folds further (`ß` as `ss`) stays unmarked.
 */
export function marks(text: string, query: string): readonly Marked[] {
  const letters = Array.from(text);
  const folded = letters.map(fold);
  const isFound = letters.map(() => false);
  for (const word of wordsOf(query)) {
    const isInside = word.length >= INSIDE_FROM && /\d/.test(word);
    for (let from = 0; from < folded.length; from++) {
      if (!isInside && from > 0 && isLetter(folded[from - 1])) continue;
      const to = endOf(folded, from, word);
      if (to !== null) isFound.fill(true, from, to);
    }
  }
  const parts: Marked[] = [];
  for (const [place, letter] of letters.entries()) {
    const last = parts.at(-1);
    const isHere = isFound[place] ?? false;
    if (last?.isFound === isHere) last.text += letter;
    else parts.push({ text: letter, isFound: isHere });
  }
  return parts;
}

/** Where a word that begins at a letter ends; nothing where it does not begin there. */
function endOf(folded: readonly string[], from: number, word: string): number | null {
  if (!folded[from]) return null;
  let rest = word;
  let at = from;
  while (rest !== "") {
    const letter = folded[at++];
    if (letter === undefined || !rest.startsWith(letter)) return null;
    rest = rest.slice(letter.length);
  }
  return at;
}

function wordsOf(query: string): string[] {
  return Array.from(query, fold)
    .join("")
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean);
}

/** Lower case without accents; of an apostrophe nothing, so that it parts no word. */
function fold(letter: string): string {
  return letter
    .normalize("NFKD")
    .replace(/[\p{M}'’ʼ]/gu, "")
    .toLowerCase();
}

// What folds to nothing stands inside a word.
const isLetter = (folded: string | undefined) => folded !== undefined && /^[\p{L}\p{N}]*$/u.test(folded);
