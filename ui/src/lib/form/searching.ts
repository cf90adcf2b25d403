import type { OptionView } from "../bindings/OptionView";

/** Letters alone decide: not their case, their accents, or what stands between words. */
function wordsOf(text: string): string[] {
  const plain = text
    .normalize("NFKD")
    .replace(/[\p{M}'’]/gu, "")
    .toLowerCase();
  return plain.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== "");
}

/** The options in which each word that was typed begins a word; all of them where none was typed. */
export function found(options: readonly OptionView[], typed: string): readonly OptionView[] {
  const looked = wordsOf(typed);
  return options.filter(({ label }) => {
    const words = wordsOf(label);
    return looked.every((start) => words.some((word) => word.startsWith(start)));
  });
}

/** The option that was typed in full, or the only one that is found; nothing where that is not one. */
export function meant(options: readonly OptionView[], typed: string): OptionView | undefined {
  const whole = wordsOf(typed).join(" ");
  if (whole === "") return undefined;
  const hits = found(options, typed);
  return (
    hits.find(({ label }) => wordsOf(label).join(" ") === whole) ?? (hits.length === 1 ? hits[0] : undefined)
  );
}
