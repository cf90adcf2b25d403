import type { VaultStateView } from "../bindings/VaultStateView";

/** A way into a vault besides its usual one. */
export type OtherWay = "kit" | "firm-key";

export const OTHER_WAYS: Record<OtherWay, string> = {
  kit: "Use the recovery kit",
  "firm-key": "Use the firm’s recovery key",
};

/** The other ways that open a vault. */
export function otherWays(vault: Pick<VaultStateView, "hasKit" | "hasFirmRecovery">): OtherWay[] {
  const ways: OtherWay[] = [];
  if (vault.hasKit) ways.push("kit");
  if (vault.hasFirmRecovery) ways.push("firm-key");
  return ways;
}
