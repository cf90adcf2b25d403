import type { UiErrorCode } from "../bindings/UiErrorCode";

type ClosedWords = { heading: string; hint: string };

const OTHER: ClosedWords = {
  heading: "The vault was not opened",
  hint: "Nothing is lost: nothing can be typed before it is open. If Retry does not help, close Satchel and open it again.",
};

const WORDS: Partial<Record<UiErrorCode, ClosedWords>> = {
  keyring_missing: {
    heading: "This computer offers no keyring",
    hint: "Satchel keeps the key of its vault in the keyring of the system, and opens nothing without it. Your IT can set one up; then choose Retry.",
  },
  keyring_locked: {
    heading: "The keyring is locked",
    hint: "Unlock it, or allow Satchel to use it when the system asks; then choose Retry.",
  },
  keyring_empty: {
    heading: "The key of the vault is not in the keyring",
    hint: "Your orders are still in the vault, encrypted. Sign in to the computer as the person who used Satchel before, or have your IT restore the keyring; then choose Retry. Keep the vault’s folder.",
  },
  vault_in_use: {
    heading: "Satchel is already open",
    hint: "Go on in its other window. If there is none, close Satchel for everyone who is signed in to this computer; then choose Retry.",
  },
  vault_damaged: {
    heading: "The vault is damaged",
    hint: "Satchel has changed nothing in it. Keep its folder as it is, and have your IT restore it from a backup; then choose Retry.",
  },
  vault_newer: {
    heading: "The vault needs a newer Satchel",
    hint: "Everything in it is safe, and this version leaves it alone. Install the version that wrote it, or a later one.",
  },
  revoked: {
    heading: "Your firm has closed this Satchel",
    hint: "What the provider received goes on there. Once your IT says that this computer may be used again, close Satchel and open it.",
  },
  vault_unreachable: {
    heading: "The vault cannot be reached",
    hint: "What was saved is still in its folder. Connect its disk or drive, or make room on it; then choose Retry.",
  },
};

/** The heading, and what to do, where the vault is not open. `button` is what tries again. */
export function closedWords(code: UiErrorCode, button = "Retry"): ClosedWords {
  const { heading, hint } = WORDS[code] ?? OTHER;
  return { heading, hint: hint.replace("Retry", button) };
}
