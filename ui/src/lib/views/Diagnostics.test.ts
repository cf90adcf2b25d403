import { screen } from "@testing-library/svelte";
import { describe, expect, it } from "vitest";

import { DIAGNOSTICS } from "../../test/keys";
import { done, double, failing, inTurn, openWindow } from "../../test/window";
import type { DiagnosticsView } from "../bindings/DiagnosticsView";

async function told(given: Partial<DiagnosticsView> = {}) {
  const { user } = await openWindow(double({ diagnostics: inTurn(done({ ...DIAGNOSTICS, ...given })) }));
  await user.keyboard("{Control>},{/Control}");
  const term = await screen.findByText("Disk encryption");
  return term.closest("dl")?.textContent.replaceAll(/\s+/g, " ");
}

describe("what keeps others from the vault", () => {
  it("is told with its size", async () => {
    const text = await told();
    expect(text).toContain("Encrypted");
    expect(text).toContain("You alone");
    expect(text).toContain("Orders 1.20 MB, attached files 2.50 GB, what makes lists quick 300 KB");
    expect(text).toMatch(/2\.50 GB\s*$/);
  });

  it("is told where it is missing or not known", async () => {
    expect(await told({ disk: "not-found", isPrivate: false })).toMatch(/None found.*Other users/);
  });

  it("promises nothing where it is not known", async () => {
    const text = await told({ disk: "unknown", isPrivate: null });
    expect(text?.match(/Could not be told/g)).toHaveLength(2);
    expect(text).toContain("Satchel encrypts what it keeps in any case.");
  });

  it("that cannot be looked at says why", async () => {
    const api = double({ diagnostics: inTurn(failing("vault_unreachable", "The folder is not there.")) });
    const { user } = await openWindow(api);
    await user.keyboard("{Control>},{/Control}");
    expect(await screen.findByText(/The folder is not there/)).toBeTruthy();
  });
});
