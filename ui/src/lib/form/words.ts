import type { FileView } from "../bindings/FileView";
import type { NoticeView } from "../bindings/NoticeView";
import type { ProblemView } from "../bindings/ProblemView";
import { counted } from "../lists/amounts";

const TIME = new Intl.DateTimeFormat("en-US", { hour: "numeric", minute: "2-digit", second: "2-digit" });

/** `10:42:07 AM`. */
export function timeShown(atMs: number): string {
  // Newer engines put a narrow no-break space before AM.
  return TIME.format(atMs).replace(/\s/g, " ");
}

/** `3 items, 1 warning`; empty where nothing is left. */
export function toFinishShown(problems: readonly ProblemView[]): string {
  const warnings = problems.filter(({ severity }) => severity === "caution").length;
  const items = problems.length - warnings;
  const parts = [
    ...(items > 0 ? [counted(items, "item")] : []),
    ...(warnings > 0 ? [counted(warnings, "warning")] : []),
  ];
  return parts.join(", ");
}

/** What was changed of a text: its markup that is gone, as it may be named, and how much that was. */
export function removedShown(notices: readonly NoticeView[]): { what: string; characters: number } | null {
  const removed = notices.filter(({ change }) => change === "removed").map(({ text }) => text);
  const characters = removed.reduce((sum, text) => sum + text.length, 0);
  const [first] = removed;
  if (first === undefined) return null;
  return { what: removed.length === 1 ? tagShown(first) : "markup", characters };
}

/** `<script>…</script>` for a script with whatever is in it. */
function tagShown(markup: string): string {
  const opens = /^<([a-z][a-z0-9-]{0,20})/i.exec(markup)?.[1];
  if (opens === undefined) return markup.startsWith("<!--") ? "<!-- … -->" : "markup";
  const closes = markup.toLowerCase().endsWith(`</${opens.toLowerCase()}>`);
  return closes ? `<${opens}>…</${opens}>` : `<${opens}>`;
}

/** How far a file is, as a word after its size. */
export function fileStateShown({ state, length }: FileView): string {
  switch (state.is) {
    case "sealing":
      return `sealing ${percentOf(state.done, length)}%`;
    case "sealed":
      return "sealed";
    case "failed":
      return "not attached";
  }
}

/** Whole percents; 100 only when all is done. */
export function percentOf(done: number, length: number): number {
  if (length === 0) return 100;
  return Math.min(Math.floor((done / length) * 100), 100);
}

/** `About 12 s left`; nothing while that cannot be told. */
export function timeLeftShown(seconds: number | null): string {
  if (seconds === null) return "";
  if (seconds < 59.5) return `About ${Math.max(Math.round(seconds), 1)} s left`;
  return `About ${Math.round(seconds / 60)} min left`;
}
