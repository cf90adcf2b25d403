import type { ConnectionView } from "../bindings/ConnectionView";
import type { FileView } from "../bindings/FileView";
import type { ProblemView } from "../bindings/ProblemView";
import { counted, sizeShown } from "../lists/amounts";
import { happenedShown } from "../lists/dates";

/** Tells whether nothing keeps the order from being submitted. */
export function isComplete(problems: readonly ProblemView[], files: readonly FileView[]): boolean {
  return (
    problems.every(({ severity }) => severity === "caution") &&
    files.every(({ state }) => state.is === "sealed")
  );
}

/** A check that is less than this ago was made just now. */
const JUST_NOW_MS = 60_000;

/** `Checked just now.`, `Checked at 9:58 AM.`, `Checked on Nov 23.` */
export function checkedShown(checkedAtMs: number | null, now: Date): string {
  if (checkedAtMs === null) return "Not checked since Satchel started.";
  if (now.getTime() - checkedAtMs < JUST_NOW_MS) return "Checked just now.";
  const when = happenedShown(checkedAtMs, now);
  return `Checked ${when.includes(":") ? "at" : "on"} ${when}.`;
}

/** A fingerprint in lines of four groups, as it is read aloud. */
export function fingerprintLines(fingerprint: string): readonly string[] {
  return fingerprint.match(/\S+(?: \S+){0,3}/g) ?? [];
}

/** What happens to an order that is submitted now. */
export function afterSubmit(connection: ConnectionView | null, isOffline: boolean): string {
  switch (connection?.is) {
    case "no-provider":
      return "Will be sent once this computer is connected with a provider. Until then you can take it back from the Outbox.";
    case "refused":
      return `${connection.message} Until it is sent you can take it back from the Outbox.`;
    case "bound":
      if (!isOffline && connection.checkedAtMs !== null) {
        return "You will see “Received” only after every file is confirmed.";
      }
  }
  return "Will be sent when you are online. Until then you can take it back from the Outbox.";
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
