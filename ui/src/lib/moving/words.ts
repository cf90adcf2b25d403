import type { ExportedView } from "../bindings/ExportedView";
import type { ImportedView } from "../bindings/ImportedView";
import type { ImportView } from "../bindings/ImportView";
import { counted, sizeShown } from "../lists/amounts";

/** `12 orders with 8 attached files, 1.20 GB` */
function contents(orders: number, files: number, bytes: number): string {
  const with_ = files > 0 ? ` with ${counted(files, "attached file")}` : "";
  return `${counted(orders, "order")}${with_}, ${sizeShown(bytes)}`;
}

/** What was written, and what was not there to be written. */
export function exportedSays({ orders, files, bytes, missing }: ExportedView): string {
  const lost =
    missing > 0
      ? ` ${counted(missing, "attached file")} ${missing === 1 ? "was" : "were"} missing on this computer and not in it.`
      : "";
  return `Exported: ${contents(orders, files, bytes)}.${lost}`;
}

/** What a file holds. */
export function importSays({ isVault, drafts, underWay, orders, files, bytes }: ImportView): string {
  if (!isVault)
    return `One draft${files > 0 ? ` with ${counted(files, "attached file")}` : ""}, ${sizeShown(bytes)}.`;
  const parts = [
    counted(Math.max(drafts - underWay, 0), "draft"),
    ...(underWay > 0 ? [`${counted(underWay, "order")} on the way`] : []),
    ...(orders > 0 ? [counted(orders, "received order")] : []),
    ...(files > 0 ? [counted(files, "attached file")] : []),
  ];
  return `A whole vault: ${parts.join(", ")}, ${sizeShown(bytes)}.`;
}

/** What became of the drafts of a file: one sentence for each thing that happened. */
export function importedSays(imported: ImportedView): string[] {
  const { cameIn, alreadyHere, otherVersion, submitted, notUsable, filesMissing } = imported;
  const were = (count: number) => (count === 1 ? "was" : "were");
  const sentences = [
    cameIn.length > 0
      ? `${counted(cameIn.length, "draft")} came in.`
      : "No draft came in; nothing on this computer was changed.",
  ];
  if (alreadyHere > 0) sentences.push(`${counted(alreadyHere, "draft")} ${were(alreadyHere)} here already.`);
  if (otherVersion > 0) {
    sentences.push(
      `${counted(otherVersion, "draft")} ${were(otherVersion)} here in another version, which stayed as it is.`,
    );
  }
  if (submitted > 0) {
    sentences.push(`${counted(submitted, "order")} had been submitted and did not come in.`);
  }
  if (notUsable > 0) {
    sentences.push(`${counted(notUsable, "draft")} cannot be read by this version of Satchel.`);
  }
  if (filesMissing > 0) {
    sentences.push(`${counted(filesMissing, "attached file")} ${were(filesMissing)} missing in the file.`);
  }
  return sentences;
}
