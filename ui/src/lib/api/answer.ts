import type { UiError } from "../bindings/UiError";
import type { UiErrorCode } from "../bindings/UiErrorCode";

/** What a command answers. */
export type Answer<T> = { is: "done"; value: T } | { is: "failed"; error: UiError };

/**
 * Turns whatever a command threw into a `UiError`.
 * Tauri itself throws plain strings (an unknown command, a refused permission): they name internals,
 * so the user reads a fixed sentence instead.
 */
export function uiErrorFrom(thrown: unknown): UiError {
  return isUiError(thrown) ? { code: thrown.code, message: thrown.message } : NO_ANSWER;
}

const NO_ANSWER: UiError = {
  code: "internal",
  message: "This window got no answer from the rest of Satchel.",
};

// A record, so that a code added in Rust and not here is a type error.
const CODES: Record<UiErrorCode, true> = {
  internal: true,
  vault_in_use: true,
  vault_unreachable: true,
  vault_damaged: true,
  vault_newer: true,
  keyring_missing: true,
  keyring_locked: true,
  keyring_empty: true,
  passphrase_needed: true,
  passphrase_asked: true,
  revoked: true,
  wrong_passphrase: true,
  wrong_words: true,
  not_saved: true,
  too_long: true,
  refused: true,
  cancelled: true,
  gone: true,
  file_refused: true,
  frozen: true,
  incomplete: true,
  offline: true,
  provider_refused: true,
};

function isUiError(thrown: unknown): thrown is UiError {
  return (
    typeof thrown === "object" &&
    thrown !== null &&
    "code" in thrown &&
    typeof thrown.code === "string" &&
    Object.hasOwn(CODES, thrown.code) &&
    "message" in thrown &&
    typeof thrown.message === "string"
  );
}
