import type { FileView } from "../bindings/FileView";
import type { ProblemView } from "../bindings/ProblemView";
import { counted, sizeShown } from "../lists/amounts";

/** Tells whether nothing keeps the order from being submitted. */
export function isComplete(problems: readonly ProblemView[], files: readonly FileView[]): boolean {
  return (
    problems.every(({ severity }) => severity === "caution") &&
    files.every(({ state }) => state.is === "sealed")
  );
}

/** What would be sent, in sentences. */
export function toSend(files: readonly FileView[]): readonly string[] {
  const sealed = files.filter(({ state }) => state.is === "sealed");
  const sealing = files.filter(({ state }) => state.is === "sealing").length;
  const failed = files.filter(({ state }) => state.is === "failed").length;
  const bytes = sealed.reduce((sum, { length }) => sum + length, 0);
  return [
    sealed.length === 0
      ? "The order itself, with no file."
      : `The order and ${counted(sealed.length, "file")}, ${sizeShown(bytes)}.`,
    ...(sealing > 0 ? [`${counted(sealing, "file")} still being encrypted.`] : []),
    ...(failed > 0 ? [`${counted(failed, "file")} could not be attached.`] : []),
  ];
}
