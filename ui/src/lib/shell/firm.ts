import type { AppInfo } from "../bindings/AppInfo";
import type { ConnectionView } from "../bindings/ConnectionView";

/** Whose Satchel this is, as the window names it. */
export function firmShown({ firm, mode }: AppInfo, connection: ConnectionView | null): string {
  if (connection?.is === "bound") return connection.firm;
  return firm ?? (mode === "practice" ? "Practice" : "No firm connected");
}
