import { clearMocks, mockIPC } from "@tauri-apps/api/mocks";
import { afterEach, describe, expect, it } from "vitest";

import { api } from ".";

const NO_ANSWER = { code: "internal", message: "This window got no answer from the rest of Satchel." };

afterEach(clearMocks);

describe("api", () => {
  it("calls the command and answers with its value", async () => {
    const called: string[] = [];
    const info = { version: "0.4.2", mode: "practice", firm: null };
    mockIPC((command) => {
      called.push(command);
      return command === "app_info" ? info : null;
    });
    expect(await api.appInfo()).toEqual({ is: "done", value: info });
    expect(await api.painted()).toEqual({ is: "done", value: null });
    expect(called).toEqual(["app_info", "painted"]);
  });

  it.each<[string, unknown, () => Promise<unknown>]>([
    ["vault_state", {}, () => api.vaultState()],
    ["create_vault", { passphrase: "p" }, () => api.createVault("p")],
    ["lock_vault", {}, () => api.lockVault()],
    ["unlock_vault", { passphrase: null }, () => api.unlockVault(null)],
    ["unlock_with_words", { words: "w", passphrase: null }, () => api.unlockWithWords("w", null)],
    ["set_passphrase", { current: null, passphrase: "p" }, () => api.setPassphrase(null, "p")],
    ["remove_passphrase", { current: "c" }, () => api.removePassphrase("c")],
    ["make_kit", {}, () => api.makeKit()],
    ["confirm_kit", { typed: { 3: "w" } }, () => api.confirmKit({ 3: "w" })],
    ["save_kit", {}, () => api.saveKit()],
    ["lock_settings", {}, () => api.lockSettings()],
    ["set_lock_minutes", { minutes: 5 }, () => api.setLockMinutes(5)],
    ["touched", { unsaved: true }, () => api.touched(true)],
    ["empty_trash", { orders: ["a"], all: false }, () => api.emptyTrash(["a"])],
    ["empty_trash", { orders: [], all: true }, () => api.emptyTrash("all")],
    ["undo_change", { order: "a" }, () => api.undoChange("a")],
    ["redo_change", { order: "a" }, () => api.redoChange("a")],
    ["history", { order: "a" }, () => api.history("a")],
    ["restore_version", { order: "a", number: 6 }, () => api.restoreVersion("a", 6)],
  ])("hands %s its arguments by the names that Rust reads", async (command, args, act) => {
    const called: unknown[] = [];
    mockIPC((name, handed) => {
      called.push(name, handed);
    });
    await act();
    expect(called).toEqual([command, args]);
  });

  it("passes on an error that the Rust side worded", async () => {
    const error = { code: "internal", message: "Satchel could not read its own version." };
    mockIPC(() => Promise.reject(Object.assign(new Error(), error)));
    expect(await api.appInfo()).toEqual({ is: "failed", error });
  });

  it.each([
    ["a string", "app_info not allowed. Plugin not found"],
    ["an Error", new TypeError("undefined is not a function")],
    ["an unknown code", { code: "made-up", message: "secret path" }],
    ["a code of Object itself", { code: "constructor", message: "secret path" }],
    ["a message that is no text", { code: "internal", message: { at: "secret path" } }],
    ["null", null],
    ["nothing", undefined],
  ])("never shows %s", async (_, thrown) => {
    mockIPC(() => {
      // eslint-disable-next-line @typescript-eslint/only-throw-error -- Tauri throws anything
      throw thrown;
    });
    expect(await api.appInfo()).toEqual({ is: "failed", error: NO_ANSWER });
  });

  it("answers outside of Satchel, where there is no Tauri", async () => {
    expect(await api.appInfo()).toEqual({ is: "failed", error: NO_ANSWER });
  });
});
