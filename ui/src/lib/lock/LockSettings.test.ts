import { cleanup, screen } from "@testing-library/svelte";
import { describe, expect, it, vi } from "vitest";

import type { Api } from "../api";
import { CLOSED, LOCK_SETTINGS } from "../../test/keys";
import { done, double, failing, heading, inTurn, openWindow } from "../../test/window";
import { minutesOffered } from "./minutes";

async function open(commands: Partial<Api> = {}) {
  const opened = await openWindow(double(commands));
  await opened.user.keyboard("{Control>},{/Control}");
  await screen.findByText("Lock after");
  return opened;
}
const choice = () => screen.getByRole<HTMLSelectElement>("combobox", { name: "Lock after" });
const button = (name: RegExp | string) => screen.getByRole("button", { name });
const WITH_PASSPHRASE = { vaultState: inTurn(done({ ...CLOSED, way: "passphrase" as const })) };

describe("minutesOffered", () => {
  it.each([
    [{ minutes: 10, minutesMin: 1, minutesMax: 60 }, [1, 2, 5, 10, 15, 30, 60]],
    [{ minutes: 7, minutesMin: 5, minutesMax: 15 }, [5, 7, 10, 15]],
    [{ minutes: 3, minutesMin: 3, minutesMax: 3 }, [3]],
  ])("of %o", (settings, offered) => {
    expect(minutesOffered({ ...LOCK_SETTINGS, ...settings })).toEqual(offered);
  });
});

describe("the time until the vault locks", () => {
  it("is chosen, and shown as it was kept", async () => {
    const lockSettings = vi.fn(inTurn(done(LOCK_SETTINGS), done({ ...LOCK_SETTINGS, minutes: 5 })));
    const { api, user } = await open({ lockSettings });
    expect(choice().value).toBe("10");
    await user.selectOptions(choice(), "5 minutes");
    expect(api.setLockMinutes).toHaveBeenCalledExactlyOnceWith(5);
    expect(await screen.findByText("Changed")).toBeTruthy();
    expect(choice().value).toBe("5");
  });

  it("that is not kept says so, and shows what holds", async () => {
    const { user } = await open({ setLockMinutes: inTurn(failing("not_saved", "The disk is full.")) });
    await user.selectOptions(choice(), "5 minutes");
    expect((await screen.findByRole("alert")).textContent).toContain("The disk is full.");
    await vi.waitFor(() => {
      expect(choice().value).toBe("10");
    });
  });

  it("is limited by the organization, and says so", async () => {
    const limited = { ...LOCK_SETTINGS, minutes: 10, minutesMin: 5, minutesMax: 15, managed: true };
    await open({ lockSettings: inTurn(done(limited)) });
    expect(screen.getByText("Limited by your organization")).toBeTruthy();
    expect(screen.getByText(/Your firm allows 5 to 15 minutes/)).toBeTruthy();
  });

  it("is a value where nothing is left to choose", async () => {
    await open({
      lockSettings: inTurn(
        done({ ...LOCK_SETTINGS, minutes: 5, minutesMin: 5, minutesMax: 5, managed: true }),
      ),
    });
    expect(screen.getByText("Managed by your organization")).toBeTruthy();
    expect(screen.queryByRole("combobox", { name: "Lock after" })).toBeNull();
    expect(screen.getByText("5 minutes")).toBeTruthy();
  });
});

describe("the keys", () => {
  it("are told honestly", async () => {
    await open();
    const says = screen.getByText(/What each protects against/).textContent;
    expect(says).toContain("not from somebody at your signed-in session");
    expect(says).toContain("a forgotten one needs the recovery kit");
  });

  it("say what a lock does, and where it does less", async () => {
    await open();
    const says = () => screen.getByText(/What a lock does/).textContent.replaceAll(/\s+/g, " ");
    expect(says()).toContain("a program that runs as administrator can read it");
    expect(says()).toContain("after 30 seconds and at a lock");
    cleanup();
    await open({ lockSettings: inTurn(done({ ...LOCK_SETTINGS, forgetsAll: false, hearsDesktop: false })) });
    expect(says()).toContain("The clipboard is left as it is");
    expect(screen.getByText(/It is not told here when the screen is locked/)).toBeTruthy();
  });

  it("say whether there is a kit, and lead to a new one", async () => {
    const { user } = await open();
    await user.click(button("Make a new kit…"));
    expect(heading().textContent).toBe("Recovery kit");
    await user.keyboard("{Escape}");
    expect(heading().textContent).toBe("Settings");
  });
});

describe("the passphrase", () => {
  it("is set by typing it twice, and forgotten", async () => {
    const { api, user } = await open();
    await user.click(button("Set a passphrase…"));
    expect(document.activeElement).toBe(screen.getByLabelText("New passphrase"));
    await user.keyboard("velvet mosaic harbor");
    await user.type(screen.getByLabelText("The same again"), "velvet mosaic harbor{Enter}");
    expect(await screen.findByText("The passphrase is set.")).toBeTruthy();
    expect(api.setPassphrase).toHaveBeenCalledExactlyOnceWith(null, "velvet mosaic harbor");
    expect(document.querySelector("input[type='password']")).toBeNull();
    expect(document.activeElement?.tagName).toBe("BUTTON");
  });

  it("is changed with the current one; a wrong one keeps the focus and the new one", async () => {
    const message = "This is not the vault's passphrase.";
    const setPassphrase = vi.fn(inTurn(failing("wrong_passphrase", message), done(null)));
    const { user } = await open({ ...WITH_PASSPHRASE, setPassphrase });
    await user.click(button("Change passphrase…"));
    await user.keyboard("old");
    await user.type(screen.getByLabelText("New passphrase"), "velvet mosaic harbor");
    await user.type(screen.getByLabelText("The same again"), "velvet mosaic harbor{Enter}");
    expect((await screen.findByRole("alert")).textContent).toContain(message);
    const current = screen.getByLabelText<HTMLInputElement>("Current passphrase");
    expect(document.activeElement).toBe(current);
    expect(current.value).toBe("");
    await user.keyboard("older{Enter}");
    expect(await screen.findByText("The passphrase is changed.")).toBeTruthy();
    expect(setPassphrase).toHaveBeenLastCalledWith("older", "velvet mosaic harbor");
  });

  it("is removed with the current one", async () => {
    const { api, user } = await open(WITH_PASSPHRASE);
    await user.click(button("Remove…"));
    await user.keyboard("{Enter}");
    expect(screen.getByRole("alert").textContent).toContain("Enter the passphrase");
    expect(api.removePassphrase).not.toHaveBeenCalled();
    await user.keyboard("orchard{Enter}");
    expect(await screen.findByText("The passphrase is removed.")).toBeTruthy();
    expect(api.removePassphrase).toHaveBeenCalledExactlyOnceWith("orchard");
  });

  it("stays as it is by Esc, one step at a time", async () => {
    const { api, user } = await open();
    await user.click(button("Set a passphrase…"));
    await user.keyboard("velvet{Escape}");
    expect(screen.queryByLabelText("New passphrase")).toBeNull();
    expect(heading().textContent).toBe("Settings");
    expect(document.activeElement).toBe(button("Set a passphrase…"));
    expect(api.setPassphrase).not.toHaveBeenCalled();
    await user.click(button("Set a passphrase…"));
    expect(screen.getByLabelText<HTMLInputElement>("New passphrase").value).toBe("");
  });
});
