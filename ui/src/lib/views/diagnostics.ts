import type { DiskView } from "../bindings/DiskView";

/** What is said of the disk: a word for it, and what follows from it. */
export const DISK_WORDS: Record<DiskView, { says: string; hint: string }> = {
  encrypted: {
    says: "Encrypted",
    hint: "The system encrypts the disk of the vault’s folder. It also covers what other programs write, such as swapped memory on that disk.",
  },
  "not-found": {
    says: "None found",
    hint: "The system does not encrypt the whole disk of the vault’s folder. Single folders or the disk itself may be encrypted; that cannot be told here. Satchel encrypts what it keeps in any case.",
  },
  unknown: {
    says: "Could not be told",
    hint: "Ask your IT whether the disk is encrypted (BitLocker, FileVault, LUKS). Satchel encrypts what it keeps in any case.",
  },
};

/** Who may read the folder. */
export function privateWords(isPrivate: boolean | null): string {
  if (isPrivate === null) return "Could not be told";
  return isPrivate ? "You alone" : "Other users of this computer as well";
}
