import { screen } from "@testing-library/svelte";
import { describe, expect, it, vi } from "vitest";

import type { UiErrorCode } from "../bindings/UiErrorCode";
import { done, double, failing, heading, inTurn, openWindow } from "../../test/window";

const OPEN = done({ findings: [] });
const MESSAGE = "The keyring did not give out the key, so nothing was opened and nothing was changed.";

describe("a vault that does not open", () => {
  it.each<[UiErrorCode, string]>([
    ["keyring_missing", "This computer offers no keyring"],
    ["keyring_locked", "The keyring is locked"],
    ["keyring_empty", "The key of the vault is not in the keyring"],
    ["vault_in_use", "Satchel is already open"],
    ["vault_damaged", "The vault is damaged"],
    ["vault_newer", "The vault needs a newer Satchel"],
    ["vault_unreachable", "The vault cannot be reached"],
    ["internal", "The vault was not opened"],
  ])("for %s says what happened, in the words of Rust, and what to do", async (code, says) => {
    await openWindow(double({ openVault: inTurn(failing(code, MESSAGE)) }));
    expect(heading().textContent).toBe(says);
    expect(document.title).toBe(`${says} · Satchel`);
    const [what, todo] = [...screen.getByRole("alert").querySelectorAll("p")].map((line) => line.textContent);
    expect(what).toBe(MESSAGE);
    expect(todo?.length).toBeGreaterThan(40);
    expect(screen.getByText(`For your IT: ${code}`)).toBeTruthy();
    expect(screen.getByRole("button", { name: "Retry" })).toBeTruthy();
  });

  it("leaves nothing to type or to go to, also by keyboard, and still names practice", async () => {
    const { user, api } = await openWindow(double({ openVault: inTurn(failing("keyring_locked", MESSAGE)) }));
    await user.keyboard("{Control>}n{/Control}{Control>},{/Control}/{Escape}");
    expect(heading().textContent).toBe("The keyring is locked");
    expect(screen.queryByRole("navigation")).toBeNull();
    expect(screen.queryByRole("textbox")).toBeNull();
    expect(screen.getAllByRole("button")).toHaveLength(1);
    expect(screen.getByRole("contentinfo").textContent).toContain("The vault is not open");
    expect(screen.getByRole("contentinfo").textContent).toContain("Practice:");
    for (const command of ["orders", "counts", "services", "watch"] as const) {
      expect(api[command]).not.toHaveBeenCalled();
    }
  });

  it("opens on Retry, with focus on the heading of the first view", async () => {
    const openVault = vi.fn(inTurn(failing("keyring_locked", MESSAGE), OPEN));
    const { user, api } = await openWindow(double({ openVault }));
    await user.click(screen.getByRole("button", { name: "Retry" }));
    await vi.waitFor(() => {
      expect(heading().textContent).toBe("Active");
    });
    expect(document.activeElement).toBe(heading());
    expect(openVault).toHaveBeenCalledTimes(2);
    expect(api.watch).toHaveBeenCalledTimes(1);
  });

  it("says it again when Retry did not help, and keeps the button under the finger", async () => {
    const openVault = vi.fn(inTurn(failing("keyring_locked", MESSAGE), failing("keyring_empty", "No key.")));
    const { user } = await openWindow(double({ openVault }));
    const before = screen.getByRole("alert");
    await user.click(screen.getByRole("button", { name: "Retry" }));
    await screen.findByText("No key.");
    expect(screen.getByRole("alert")).not.toBe(before);
    expect(heading().textContent).toBe("The key of the vault is not in the keyring");
    expect(document.activeElement).toBe(screen.getByRole("button", { name: "Retry" }));
  });

  it("is asked once at a time", async () => {
    const openVault = vi.fn(inTurn(failing("vault_in_use", MESSAGE)));
    const { user } = await openWindow(double({ openVault }));
    openVault.mockReturnValue(new Promise<never>(() => undefined));
    const retry = screen.getByRole("button", { name: "Retry" });
    await user.click(retry);
    await user.click(retry);
    expect(openVault).toHaveBeenCalledTimes(2);
    expect(retry.getAttribute("aria-disabled")).toBe("true");
    expect(screen.getByRole("status").textContent).toBe("Opening the vault");
  });
});

describe("findings", () => {
  it("are told until they are put away", async () => {
    const findings = ["The end of the journal was cut off.", "One file was set aside."];
    const { user } = await openWindow(double({ openVault: inTurn(done({ findings })) }));
    const alert = screen.getByRole("alert");
    expect([...alert.querySelectorAll("p")].map((finding) => finding.textContent)).toEqual(findings);
    await user.keyboard("{Control>},{/Control}");
    expect(screen.getByRole("alert")).toBe(alert);
    await user.click(screen.getByRole("button", { name: "Dismiss" }));
    expect(screen.queryByRole("alert")).toBeNull();
    expect(document.activeElement).toBe(heading());
  });

  it("are not there when there is nothing to tell", async () => {
    await openWindow(double());
    expect(screen.queryByRole("alert")).toBeNull();
  });
});
