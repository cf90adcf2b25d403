import { screen } from "@testing-library/svelte";
import { describe, expect, it, vi } from "vitest";

import type { Api } from "../api";
import { CLOSED, UNMANAGED } from "../../test/keys";
import { done, double, failing, inTurn, openWindow } from "../../test/window";

async function open(commands: Partial<Api> = {}) {
  const opened = await openWindow(double(commands));
  await opened.user.keyboard("{Control>},{/Control}");
  await screen.findByText("New key for the vault");
  return opened;
}
const button = (name: RegExp | string) => screen.getByRole("button", { name });

describe("a new key", () => {
  it("is made with the words of the kit, which then stays", async () => {
    const { api, user } = await open();
    await user.click(button("Make a new key…"));
    await user.type(screen.getByLabelText(/Words of the recovery kit/), " ledger orchard ");
    await user.click(button("Make a new key"));
    expect(await screen.findByText("The vault has a new key.")).toBeTruthy();
    expect(api.rotateKey).toHaveBeenCalledExactlyOnceWith(null, "ledger orchard");
    expect(document.activeElement).toBe(button("Make a new key…"));
  });

  it("without them says that the kit opens no more", async () => {
    const { api, user } = await open({ rotateKey: inTurn(done({ kitFellAway: true, unreadable: 0 })) });
    await user.click(button("Make a new key…"));
    await user.click(button("Make a new key"));
    expect(await screen.findByText(/The recovery kit opens it no more/)).toBeTruthy();
    expect(api.rotateKey).toHaveBeenCalledExactlyOnceWith(null, null);
  });

  it("asks for the passphrase where there is one, and keeps the focus where it is wrong", async () => {
    const message = "This is not the vault's passphrase.";
    const { api, user } = await open({
      vaultState: inTurn(done({ ...CLOSED, way: "passphrase" as const, hasKit: false })),
      rotateKey: inTurn(failing("wrong_passphrase", message)),
    });
    await user.click(button("Make a new key…"));
    expect(document.activeElement).toBe(screen.getByLabelText("Passphrase"));
    await user.keyboard("{Enter}");
    expect(screen.getByRole("alert").textContent).toContain("Enter the passphrase");
    expect(api.rotateKey).not.toHaveBeenCalled();
    await user.keyboard("old{Enter}");
    expect((await screen.findByRole("alert")).textContent).toContain(message);
    expect(document.activeElement).toBe(screen.getByLabelText("Passphrase"));
  });

  it("that was not made says what is so", async () => {
    const { user } = await open({ rotateKey: inTurn(failing("vault_unreachable", "The disk is full.")) });
    await user.click(button("Make a new key…"));
    await user.click(button("Make a new key"));
    expect((await screen.findByRole("alert")).textContent).toContain("The disk is full.");
  });
});

describe("what the organization set", () => {
  it("is not spoken of where it set nothing", async () => {
    await open();
    expect(screen.queryByText("Managed by your organization")).toBeNull();
  });

  it("is shown with its faults, and with what retention removed", async () => {
    const policy = {
      ...UNMANAGED,
      settings: [{ name: "LocalRetentionDays", says: "How many days.", value: "90" }],
      faults: ["LegalHold is not true or false."],
      removed: 3,
      removedAtMs: new Date(2026, 10, 20).getTime(),
    };
    await open({ policy: vi.fn(inTurn(done(policy))) });
    expect(await screen.findByText("Managed by your organization")).toBeTruthy();
    expect(screen.getByText("LegalHold is not true or false.")).toBeTruthy();
    expect(screen.getByText("90")).toBeTruthy();
    expect(screen.getByText(/3 orders, last on Fri Nov 20, 2026/)).toBeTruthy();
  });
});
