import type { FileView } from "../bindings/FileView";
import type { ProblemView } from "../bindings/ProblemView";
import { counted, sizeShown } from "../lists/amounts";

/** `2 items, 1 warning`; empty where there is neither. */
export function problemsCounted(problems: readonly ProblemView[]): string {
  const warnings = problems.filter(({ severity }) => severity === "caution").length;
  const items = problems.length - warnings;
  return [items > 0 && counted(items, "item"), warnings > 0 && counted(warnings, "warning")]
    .filter(Boolean)
    .join(", ");
}

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
