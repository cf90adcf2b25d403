import { screen } from "@testing-library/svelte";
import { describe, expect, it, vi } from "vitest";

import type { Api } from "../api";
import { CLOSED } from "../../test/keys";
import { done, double, failing, heading, inTurn, openWindow } from "../../test/window";
import { strengthShown } from "./passphrase";

const NONE = failing("keyring_missing", "This computer offers no keyring, so no key can be kept in it.");
const open = (commands: Partial<Api> = {}) =>
  openWindow(
    double({
      vaultState: vi.fn(inTurn(done({ ...CLOSED, hasVault: false, hasKit: false }))),
      openVault: vi.fn(inTurn(NONE)),
      ...commands,
    }),
  );
const first = () => screen.getByLabelText<HTMLInputElement>("New passphrase");
const second = () => screen.getByLabelText<HTMLInputElement>("The same again");

describe("a first run without a keyring", () => {
  it("offers to choose a passphrase, with the focus on it, and makes nothing by itself", async () => {
    const { api } = await open();
    expect(heading().textContent).toBe("Choose a passphrase");
    expect(screen.getByText(/keyring, and none answers/)).toBeTruthy();
    expect(document.activeElement).toBe(first());
    expect(screen.getByRole("contentinfo").textContent).toContain("Nothing is stored yet");
    expect(api.createVault).not.toHaveBeenCalled();
  });

  it("takes it twice, makes the vault, and goes on to the kit", async () => {
    const { api, user } = await open();
    await user.keyboard("velvet mosaic harbor");
    await user.type(second(), "velvet mosaic harbor{Enter}");
    await vi.waitFor(() => {
      expect(heading().textContent).toBe("Recovery kit");
    });
    expect(api.createVault).toHaveBeenCalledExactlyOnceWith("velvet mosaic harbor");
    expect(api.makeKit).toHaveBeenCalledTimes(1);
    await user.keyboard("{Escape}");
    expect(heading().textContent).toBe("Active");
  });

  it.each([
    ["is too short", "velvet", "velvet", "at least 12 characters", "New passphrase"],
    ["is not the same", "velvet mosaic harbor", "velvet mosaic", "not the same", "The same again"],
  ])("refuses one that %s, at its field", async (_, one, other, says, label) => {
    const { api, user } = await open();
    await user.type(first(), one);
    await user.type(second(), `${other}{Enter}`);
    expect((await screen.findByRole("alert")).textContent).toContain(says);
    expect(document.activeElement).toBe(screen.getByLabelText(label));
    expect(api.createVault).not.toHaveBeenCalled();
  });

  it("that fails forgets what was typed and says why", async () => {
    const createVault = vi.fn(inTurn(failing("vault_unreachable", "The folder cannot be written.")));
    const { user } = await open({ createVault });
    await user.type(first(), "velvet mosaic harbor");
    await user.type(second(), "velvet mosaic harbor{Enter}");
    expect((await screen.findByRole("alert")).textContent).toContain("The folder cannot be written.");
    expect([first().value, second().value]).toEqual(["", ""]);
    expect(document.activeElement).toBe(first());
  });

  it("takes a keyring that is there after all", async () => {
    const openVault = vi.fn(inTurn(NONE, done({ findings: [] })));
    const { api, user } = await open({ openVault });
    await user.click(screen.getByRole("button", { name: "Look for a keyring again" }));
    await vi.waitFor(() => {
      expect(heading().textContent).toBe("Active");
    });
    expect(api.createVault).not.toHaveBeenCalled();
  });
});

describe("the strength of a passphrase", () => {
  it.each([
    ["", /^$/],
    ["velvet", /^Too short/],
    ["elevenchars", /^Too short/],
    ["Password12345", /^Easy to guess/],
    ["aaaaaaaaaaaaaaaaaaaaaaaa", /^Easy to guess/],
    ["velvet harbor", /^Fair/],
    ["velvet mosaic harbor copper", /^Strong/],
    ["8fG2kLw0qZx71bVn4Ts9", /^Strong/],
  ])("of %j is said in words", (passphrase, says) => {
    expect(strengthShown(passphrase)).toMatch(says);
  });
});
