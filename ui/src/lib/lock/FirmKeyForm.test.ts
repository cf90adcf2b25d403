import { screen } from "@testing-library/svelte";
import { describe, expect, it, vi } from "vitest";

import type { Api } from "../api";
import { CLOSED, LOCKED } from "../../test/keys";
import { done, double, failing, heading, inTurn, openWindow } from "../../test/window";

const PREPARED = { hasKit: false, hasFirmRecovery: true };
const closed = (commands: Partial<Api> = {}) =>
  openWindow(
    double({
      vaultState: inTurn(done({ ...CLOSED, ...PREPARED })),
      openVault: inTurn(failing("keyring_empty", "The keyring holds no key of this vault.")),
      ...commands,
    }),
  );
const button = (name: RegExp | string) => screen.getByRole("button", { name });

describe("the firm's recovery key", () => {
  it("opens a vault whose key is missing", async () => {
    const unlockWithFirmKey = vi.fn(inTurn(done(null), done({ findings: [] })));
    const { user } = await closed({ unlockWithFirmKey });
    await user.click(button("Use the firm’s recovery key"));
    await user.click(button("Choose the file…"));
    expect(screen.queryByRole("alert")).toBeNull();
    await user.click(button("Choose the file…"));
    expect(unlockWithFirmKey).toHaveBeenCalledTimes(2);
    expect(unlockWithFirmKey).toHaveBeenLastCalledWith(null);
    await vi.waitFor(() => {
      expect(heading().textContent).not.toContain("key of the vault");
    });
  });

  it("of another firm is refused, and Back leads to where it came from", async () => {
    const { user } = await closed({
      unlockWithFirmKey: inTurn(failing("refused", "This recovery key is not the one.")),
    });
    await user.click(button("Use the firm’s recovery key"));
    await user.click(button("Choose the file…"));
    expect((await screen.findByRole("alert")).textContent).toContain("This recovery key is not the one.");
    await user.click(button("Back"));
    expect(document.activeElement).toBe(button("Use the firm’s recovery key"));
  });

  it("sets a new passphrase where one opened the vault", async () => {
    const { api, user } = await openWindow(
      double({ vaultState: inTurn(done({ ...LOCKED, ...PREPARED, way: "passphrase" as const })) }),
    );
    await user.click(button("Use the firm’s recovery key"));
    expect(document.activeElement).toBe(screen.getByLabelText("New passphrase"));
    await user.keyboard("{Enter}");
    expect(api.unlockWithFirmKey).not.toHaveBeenCalled();
    await user.type(screen.getByLabelText("New passphrase"), "velvet mosaic harbor");
    await user.type(screen.getByLabelText("The same again"), "velvet mosaic harbor{Enter}");
    expect(api.unlockWithFirmKey).toHaveBeenCalledExactlyOnceWith("velvet mosaic harbor");
  });

  it("is not offered where the vault was not prepared for it", async () => {
    await closed({ vaultState: inTurn(done({ ...CLOSED, hasKit: true })) });
    expect(screen.queryByRole("button", { name: "Use the firm’s recovery key" })).toBeNull();
    expect(button("Use the recovery kit")).toBeTruthy();
  });
});

describe("a vault that the firm closed", () => {
  it("says so", async () => {
    await closed({ openVault: inTurn(failing("revoked", "Your firm has locked Satchel on this computer.")) });
    expect(heading().textContent).toBe("Your firm has closed this Satchel");
    expect(screen.queryByRole("button", { name: /recovery key/ })).toBeNull();
  });
});

describe("a first run where a passphrase is asked for", () => {
  it("asks for it, and looks for no keyring", async () => {
    await closed({
      vaultState: inTurn(done({ ...CLOSED, hasVault: false, hasKit: false })),
      openVault: inTurn(failing("passphrase_asked", "Your organization asks for a passphrase.")),
    });
    expect(heading().textContent).toBe("Choose a passphrase");
    expect(screen.getByText(/Your organization asks for a passphrase that keeps the key/)).toBeTruthy();
    expect(screen.queryByRole("button", { name: "Look for a keyring again" })).toBeNull();
  });
});
