import type { AppInfo } from "../bindings/AppInfo";

/** Whose Satchel this is, as the window names it. */
export function firmShown({ firm, mode }: AppInfo): string {
  return firm ?? (mode === "practice" ? "Practice" : "No firm connected");
}
