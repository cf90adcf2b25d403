export type PassphraseTask = "set" | "change" | "remove";

type TaskWords = { button: string; done: string; not: string; says: string };

/** What can be done with the passphrase, and what is said of it. */
export const PASSPHRASE_TASKS: Record<PassphraseTask, TaskWords> = {
  set: {
    button: "Set a passphrase",
    done: "The passphrase is set.",
    not: "The passphrase was not set.",
    says: "From then on the passphrase opens the vault, and the keyring does not. Make a recovery kit as well: a forgotten passphrase cannot be told to you by anybody.",
  },
  change: {
    button: "Change passphrase",
    done: "The passphrase is changed.",
    not: "The passphrase was not changed.",
    says: "The old one opens nothing any more.",
  },
  remove: {
    button: "Remove",
    done: "The passphrase is removed.",
    not: "The passphrase was not removed.",
    says: "Then the keyring of this computer opens the vault: whoever is signed in as you can unlock.",
  },
};
