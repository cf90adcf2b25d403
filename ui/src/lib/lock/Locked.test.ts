import { screen } from "@testing-library/svelte";
import { describe, expect, it, vi } from "vitest";

import type { Api } from "../api";
import type { VaultStateView } from "../bindings/VaultStateView";
import { CLOSED, LOCKED } from "../../test/keys";
import { done, double, failing, heading, inTurn, openWindow } from "../../test/window";

const OPEN = done({ findings: [] });
const open = (vault: Partial<VaultStateView> = {}, commands: Partial<Api> = {}) =>
  openWindow(double({ vaultState: inTurn(done({ ...LOCKED, ...vault })), ...commands }));
const passphrase = () => screen.getByLabelText<HTMLInputElement>("Passphrase");
const button = (name: RegExp | string) => screen.getByRole("button", { name });
const arrived = () =>
  vi.waitFor(() => {
    expect(heading().textContent).toBe("Active");
  });

describe("a locked vault", () => {
  it("shows when it was locked and nothing else, and asks for nothing", async () => {
    const { api, user } = await open({ uploads: 1 });
    expect(heading().textContent).toBe("Satchel is locked");
    expect(screen.getByText("Locked at 11:20 AM. What was saved is safe on this computer.")).toBeTruthy();
    expect(screen.queryByRole("navigation")).toBeNull();
    const status = screen.getByRole("contentinfo").textContent;
    for (const says of ["Locked", "encrypted on this computer", "1 upload paused"]) {
      expect(status).toContain(says);
    }
    await user.keyboard("{Control>}n{/Control}{Control>},{/Control}{Control>}l{/Control}");
    expect(heading().textContent).toBe("Satchel is locked");
    for (const command of [
      "openVault",
      "orders",
      "counts",
      "services",
      "outbox",
      "watch",
      "touched",
      "lockVault",
    ] as const) {
      expect(api[command], command).not.toHaveBeenCalled();
    }
  });

  it("opens by the keyring with one key, with the focus on the first heading", async () => {
    const unlockVault = vi.fn(inTurn(OPEN));
    const { api, user } = await open({}, { unlockVault });
    expect(document.activeElement).toBe(button("Unlock"));
    expect(screen.queryByLabelText("Passphrase")).toBeNull();
    await user.keyboard("{Enter}");
    await arrived();
    expect(unlockVault).toHaveBeenCalledExactlyOnceWith(null);
    expect(document.activeElement).toBe(heading());
    expect(api.openVault).not.toHaveBeenCalled();
    expect(api.watch).toHaveBeenCalledTimes(1);
  });

  it("opens by Enter also where nothing has the focus", async () => {
    const unlockVault = vi.fn(inTurn(OPEN));
    const { user } = await open({}, { unlockVault });
    await user.click(document.body);
    await user.keyboard("{Enter}");
    await arrived();
    expect(unlockVault).toHaveBeenCalledTimes(1);
  });

  it("says why the keyring did not open it, and keeps the button under the finger", async () => {
    const unlockVault = vi.fn(inTurn(failing("keyring_locked", "The keyring is locked."), OPEN));
    const { user } = await open({}, { unlockVault });
    await user.click(button("Unlock"));
    const alert = await screen.findByRole("alert");
    expect(alert.textContent).toContain("The keyring is locked.");
    expect(alert.textContent).toContain("then choose Unlock.");
    expect(document.activeElement).toBe(button("Unlock"));
    await user.keyboard("{Enter}");
    await arrived();
  });

  it("is asked once at a time", async () => {
    const unlockVault = vi.fn(() => new Promise<never>(() => undefined));
    const { user } = await open({}, { unlockVault });
    await user.keyboard("{Enter}{Enter}");
    await user.click(button("Unlock"));
    expect(unlockVault).toHaveBeenCalledTimes(1);
    expect(button("Unlock").getAttribute("aria-disabled")).toBe("true");
  });
});

describe("a passphrase", () => {
  it("has the focus, opens by Enter, and is not kept", async () => {
    const unlockVault = vi.fn(inTurn(OPEN));
    const { user } = await open({ way: "passphrase" }, { unlockVault });
    expect(document.activeElement).toBe(passphrase());
    expect(passphrase().type).toBe("password");
    expect(passphrase().autocomplete).toBe("off");
    await user.keyboard("orchard fathom copper{Enter}");
    await arrived();
    expect(unlockVault).toHaveBeenCalledExactlyOnceWith("orchard fathom copper");
    expect(document.querySelector("input[type='password']")).toBeNull();
  });

  it("that is wrong is forgotten, says what to do and keeps the focus", async () => {
    const message = "This is not the vault's passphrase. Nothing was changed. Mind capital letters.";
    const unlockVault = vi.fn(inTurn(failing("wrong_passphrase", message), OPEN));
    const { user } = await open({ way: "passphrase" }, { unlockVault });
    await user.keyboard("wrong{Enter}");
    expect((await screen.findByRole("alert")).textContent).toContain(message);
    expect(document.activeElement).toBe(passphrase());
    expect(passphrase().value).toBe("");
    expect(passphrase().getAttribute("aria-invalid")).toBe("true");
    const described = passphrase().getAttribute("aria-describedby")?.split(" ") ?? [];
    const says = described.map((id) => document.getElementById(id)?.textContent).join(" ");
    expect(says).toContain(message);
    expect(says).toContain("the recovery kit opens the vault");
    await user.keyboard("right{Enter}");
    await arrived();
    expect(unlockVault).toHaveBeenLastCalledWith("right");
  });

  it("that is empty is not tried", async () => {
    const { api, user } = await open({ way: "passphrase" });
    await user.keyboard("{Enter}");
    expect((await screen.findByRole("alert")).textContent).toContain("Enter the passphrase.");
    expect(api.unlockVault).not.toHaveBeenCalled();
    expect(document.activeElement).toBe(passphrase());
  });

  it("is asked for at the start, where one is set", async () => {
    const openVault = inTurn(failing("passphrase_needed", "A passphrase opens this vault."));
    const { api, user } = await openWindow(double({ openVault, vaultState: inTurn(done(CLOSED)) }));
    expect(heading().textContent).toBe("Satchel is locked");
    expect(screen.queryByText(/Locked at/)).toBeNull();
    await user.keyboard("orchard{Enter}");
    await arrived();
    expect(api.unlockVault).toHaveBeenCalledExactlyOnceWith("orchard");
  });

  it("tells of Caps Lock", async () => {
    await open({ way: "passphrase" });
    const press = new KeyboardEvent("keydown", { key: "A", bubbles: true, modifierCapsLock: true });
    passphrase().dispatchEvent(press);
    expect(await screen.findByText("Caps Lock is on.")).toBeTruthy();
  });
});

describe("the recovery kit", () => {
  const words = () => screen.getByLabelText<HTMLTextAreaElement>("Words of the recovery kit");

  it("is offered only where there is one", async () => {
    await open({ hasKit: false });
    expect(screen.queryByRole("button", { name: "Use the recovery kit" })).toBeNull();
  });

  it("opens a vault whose key was in the keyring, and leads back", async () => {
    const { api, user } = await open();
    await user.click(button("Use the recovery kit"));
    expect(document.activeElement).toBe(words());
    await user.click(button("Back"));
    expect(document.activeElement).toBe(button("Unlock"));
    await user.click(button("Use the recovery kit"));
    await user.keyboard("  ledger orchard fathom {Enter}");
    await arrived();
    expect(api.unlockWithWords).toHaveBeenCalledExactlyOnceWith("ledger orchard fathom", null);
  });

  it("says which word is wrong, and keeps the words to be mended", async () => {
    const message = "Word 3 is not a word of a kit.";
    const unlockWithWords = vi.fn(inTurn(failing("wrong_words", message), OPEN));
    const { user } = await open({}, { unlockWithWords });
    await user.click(button("Use the recovery kit"));
    await user.keyboard("ledger orchard fathon{Enter}");
    expect((await screen.findByRole("alert")).textContent).toContain(message);
    expect(words().value).toBe("ledger orchard fathon");
    expect(document.activeElement).toBe(words());
    await user.keyboard("{Backspace}m{Enter}");
    await arrived();
    expect(unlockWithWords).toHaveBeenLastCalledWith("ledger orchard fathom", null);
  });

  it("asks for a new passphrase where the old one is forgotten", async () => {
    const { api, user } = await open({ way: "passphrase" });
    await user.click(button("Use the recovery kit"));
    await user.keyboard("ledger orchard");
    await user.type(screen.getByLabelText("New passphrase"), "velvet mosaic harbor");
    await user.type(screen.getByLabelText("The same again"), "velvet mosaic harbot{Enter}");
    expect((await screen.findByRole("alert")).textContent).toContain("not the same passphrase");
    expect(document.activeElement).toBe(screen.getByLabelText("The same again"));
    expect(api.unlockWithWords).not.toHaveBeenCalled();
    await user.keyboard("{Backspace}r{Enter}");
    await arrived();
    expect(api.unlockWithWords).toHaveBeenCalledExactlyOnceWith("ledger orchard", "velvet mosaic harbor");
  });

  it("opens a vault whose key is not in the keyring, from where that is told", async () => {
    const openVault = inTurn(failing("keyring_empty", "No key is there."));
    const { api, user } = await openWindow(double({ openVault }));
    await user.click(button("Use the recovery kit"));
    await user.keyboard("ledger orchard{Enter}");
    await arrived();
    expect(api.unlockWithWords).toHaveBeenCalledExactlyOnceWith("ledger orchard", null);
  });
});
