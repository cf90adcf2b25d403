/** A shorter passphrase is refused by the vault. */
export const PASSPHRASE_CHARACTERS_MIN = 12;

/** So many different characters, or fewer, make no passphrase. */
const DIFFERENT_MIN = 6;
/** With so many words, or so many characters, it is strong. */
const STRONG_WORDS = 4;
const STRONG_CHARACTERS = 20;

// What people who have to choose something choose first.
const FIRST_GUESSES = [
  "password",
  "passphrase",
  "satchel",
  "letmein",
  "welcome",
  "qwerty",
  "12345",
  "abcdef",
];

/** Counts what a person calls characters, as the vault does. */
export function isTooShort(passphrase: string): boolean {
  return Array.from(passphrase).length < PASSPHRASE_CHARACTERS_MIN;
}

/** How hard a passphrase is to guess, in words; nothing of an empty one. */
export function strengthShown(passphrase: string): string {
  if (passphrase === "") return "";
  if (isTooShort(passphrase)) return `Too short: it needs at least ${PASSPHRASE_CHARACTERS_MIN} characters.`;
  const folded = passphrase.toLowerCase();
  if (FIRST_GUESSES.some((guess) => folded.includes(guess)) || new Set(folded).size <= DIFFERENT_MIN) {
    return "Easy to guess. Four or more words that have nothing to do with each other are hard to guess and easy to keep.";
  }
  const words = passphrase.split(/[\s-]+/).filter((word) => word.length > 2);
  if (words.length >= STRONG_WORDS || Array.from(passphrase).length >= STRONG_CHARACTERS) {
    return "Strong, if it is of your own making: not a quotation, a name or a date.";
  }
  return "Fair. One or two more words make it strong.";
}
