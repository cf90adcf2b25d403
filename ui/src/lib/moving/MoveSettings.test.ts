import { screen } from "@testing-library/svelte";
import { describe, expect, it, vi } from "vitest";

import type { Answer, Api } from "../api";
import type { ExportedView } from "../bindings/ExportedView";
import type { ImportedView } from "../bindings/ImportedView";
import type { ImportView } from "../bindings/ImportView";
import { CLOSED } from "../../test/keys";
import { done, double, failing, heading, inTurn, openWindow } from "../../test/window";
import { exportedSays, importedSays, importSays } from "./words";

const PASSPHRASE = "velvet mosaic harbor";
const WRITTEN: ExportedView = {
  path: "/backup/a.satchel",
  bytes: 1_200_000,
  orders: 12,
  files: 8,
  missing: 0,
};
const VAULT: ImportView = {
  isVault: true,
  madeAtMs: new Date(2026, 10, 20).getTime(),
  satchel: "0.4.2",
  drafts: 3,
  underWay: 1,
  orders: 2,
  files: 4,
  bytes: 5_000_000,
  canRestore: false,
  asksPassphrase: false,
};
const IMPORTED: ImportedView = {
  cameIn: ["a", "b"],
  alreadyHere: 1,
  otherVersion: 0,
  submitted: 0,
  notUsable: 0,
  filesMissing: 0,
};
const PICKED = { name: "a.satchel", byPassphrase: true, byWords: false };

async function open(commands: Partial<Api> = {}) {
  const opened = await openWindow(double(commands));
  await opened.user.keyboard("{Control>},{/Control}");
  await screen.findByText("Move and back up");
  return opened;
}
const button = (name: RegExp | string) => screen.getByRole("button", { name });

/** Opens the form of an export and types its passphrase. */
async function exporting(commands: Partial<Api>) {
  const opened = await open(commands);
  await opened.user.click(button("Export…"));
  expect(document.activeElement).toBe(screen.getByLabelText("New passphrase"));
  await opened.user.keyboard(PASSPHRASE);
  await opened.user.type(screen.getByLabelText("The same again"), `${PASSPHRASE}{Enter}`);
  return opened;
}

/** Picks a file and opens it. */
async function importing(about: Partial<ImportView>, commands: Partial<Api> = {}) {
  const opened = await open({
    pickImport: inTurn(done(PICKED)),
    openImport: inTurn(done({ ...VAULT, ...about })),
    ...commands,
  });
  await opened.user.click(button("Choose a file…"));
  await opened.user.type(await screen.findByLabelText("Passphrase of the file"), `${PASSPHRASE}{Enter}`);
  await screen.findByText(/by Satchel 0\.4\.2/);
  return opened;
}

describe("an export", () => {
  it("of everything is written behind a passphrase, and says what is in it", async () => {
    const { api } = await exporting({ export: inTurn(done(WRITTEN)) });
    expect(await screen.findByText(/Exported: 12 orders with 8 attached files/)).toBeTruthy();
    expect(api.export).toHaveBeenCalledExactlyOnceWith(null, PASSPHRASE, null);
    expect(document.querySelector("input[type='password']")).toBeNull();
    expect(document.activeElement).toBe(button("Export…"));
  });

  it("shows how far it is, and stops when it is told to", async () => {
    let finish: (answer: Answer<ExportedView | null>) => void = () => undefined;
    const answer = new Promise<Answer<ExportedView | null>>((resolve) => (finish = resolve));
    const { api, user } = await exporting({ export: vi.fn(() => answer) });
    api.tell({ is: "moved", bytes: 300, bytesTotal: 1_000 });
    await vi.waitFor(() => {
      expect(screen.getByRole("progressbar", { name: "Exporting" }).getAttribute("value")).toBe("30");
    });
    await user.click(button("Cancel"));
    expect(api.cancelMove).toHaveBeenCalledTimes(1);
    finish(failing("cancelled", "The export was cancelled."));
    expect(await screen.findByText("Cancelled. Nothing was kept.")).toBeTruthy();
    expect(screen.queryByRole("alert")).toBeNull();
  });

  it("that failed says why, and can be tried again", async () => {
    await exporting({ export: inTurn(failing("not_saved", "There is no room.")) });
    expect((await screen.findByRole("alert")).textContent).toContain("There is no room.");
    expect(button("Choose where…")).toBeTruthy();
  });

  it("for which nothing was picked stays as it is", async () => {
    await exporting({ export: inTurn(done(null)) });
    expect(screen.getByLabelText<HTMLInputElement>("New passphrase").value).toBe(PASSPHRASE);
  });

  it("may open by the recovery kit, where there is one", async () => {
    const { api, user } = await open({
      export: inTurn(failing("wrong_words", "These are others."), done(WRITTEN)),
    });
    await user.click(button("Export…"));
    await user.selectOptions(screen.getByLabelText("The file opens by"), "The recovery kit of this vault");
    await user.type(screen.getByLabelText("Words of the recovery kit"), "ledger orchard");
    await user.click(button("Choose where…"));
    expect((await screen.findByRole("alert")).textContent).toContain("These are others.");
    await user.click(button("Choose where…"));
    await screen.findByText(/Exported:/);
    expect(api.export).toHaveBeenLastCalledWith(null, null, "ledger orchard");
  });

  it("is left by Esc", async () => {
    const { api, user } = await open();
    await user.click(button("Export…"));
    await user.keyboard("velvet{Escape}");
    expect(screen.queryByLabelText("New passphrase")).toBeNull();
    expect(heading().textContent).toBe("Settings");
    expect(api.export).not.toHaveBeenCalled();
  });
});

describe("an export that goes on elsewhere", () => {
  it("is shown where its user went, can be stopped there, and says how it ended", async () => {
    let finish: (answer: Answer<ExportedView | null>) => void = () => undefined;
    const answer = new Promise<Answer<ExportedView | null>>((resolve) => (finish = resolve));
    const { api, user } = await exporting({ export: vi.fn(() => answer) });
    expect(document.activeElement).toBe(button("Cancel"));
    await user.click(screen.getByRole("button", { name: /^Drafts/ }));
    const strip = await screen.findByRole("region", { name: "Moving" });
    expect(strip.textContent).toContain("Exporting");
    await user.click(button("Cancel"));
    expect(api.cancelMove).toHaveBeenCalledTimes(1);
    finish(done(WRITTEN));
    expect(await screen.findByText(/Exported: 12 orders with 8 attached files/)).toBeTruthy();
    expect(screen.queryByRole("region", { name: "Moving" })).toBeNull();
  });
});

describe("an import", () => {
  it("says what is in the file, and brings drafts in", async () => {
    const { api, user } = await importing({}, { importDrafts: inTurn(done(IMPORTED)) });
    expect(api.openImport).toHaveBeenCalledExactlyOnceWith(PASSPHRASE, null);
    expect(screen.queryByText("Restore everything")).toBeNull();
    await user.click(button("Bring the drafts in"));
    expect(await screen.findByText("2 drafts came in. 1 draft was here already.")).toBeTruthy();
    expect(api.restoreVault).not.toHaveBeenCalled();
  });

  it("restores everything where there is nothing yet, or only the drafts", async () => {
    const { api, user } = await importing(
      { canRestore: true },
      { restoreVault: inTurn(failing("file_refused", "This file is damaged.")) },
    );
    expect(document.activeElement).toBe(button("Restore everything"));
    expect(button("Only the drafts")).toBeTruthy();
    await user.keyboard("{Enter}");
    expect((await screen.findByRole("alert")).textContent).toContain("This file is damaged.");
    expect(api.restoreVault).toHaveBeenCalledExactlyOnceWith(null);
    expect(screen.getByLabelText("Passphrase of the file")).toBeTruthy();
  });

  it("asks for a passphrase where the vault has one", async () => {
    const { api, user } = await importing(
      { canRestore: true, asksPassphrase: true },
      { restoreVault: inTurn(failing("cancelled", "Restoring was cancelled.")) },
    );
    await user.click(button("Restore everything"));
    expect(api.restoreVault).not.toHaveBeenCalled();
    await user.type(screen.getByLabelText("New passphrase"), PASSPHRASE);
    await user.type(screen.getByLabelText("The same again"), PASSPHRASE);
    await user.click(button("Restore everything"));
    expect(api.restoreVault).toHaveBeenCalledExactlyOnceWith(PASSPHRASE);
  });

  it("of a wrong passphrase keeps the focus in its field", async () => {
    const message = "This is not the passphrase of this file.";
    const { user } = await open({
      pickImport: inTurn(done(PICKED)),
      openImport: inTurn(failing("wrong_passphrase", message)),
    });
    await user.click(button("Choose a file…"));
    await user.type(await screen.findByLabelText("Passphrase of the file"), "wrong{Enter}");
    expect((await screen.findByRole("alert")).textContent).toContain(message);
    expect(document.activeElement).toBe(screen.getByLabelText("Passphrase of the file"));
  });

  it("of a file that is none says so", async () => {
    const { user } = await open({ pickImport: inTurn(failing("file_refused", "This file is no export.")) });
    await user.click(button("Choose a file…"));
    expect((await screen.findByRole("alert")).textContent).toContain("This file is no export.");
  });

  it("that is left forgets the file", async () => {
    const { api, user } = await importing({});
    await user.keyboard("{Escape}");
    expect(api.forgetImport).toHaveBeenCalledTimes(1);
    expect(document.activeElement).toBe(button("Choose a file…"));
  });
});

describe("a vault that was restored", () => {
  it("says so until somebody looked", async () => {
    const restoredFromMs = new Date(2026, 10, 20, 15, 40).getTime();
    const vaultState = vi.fn(
      inTurn(
        done(CLOSED),
        done({ ...CLOSED, restoredFromMs }),
        done({ ...CLOSED, restoredFromMs }),
        done(CLOSED),
      ),
    );
    const { api, user } = await openWindow(double({ vaultState }));
    expect(await screen.findByText(/Restored from a file of Fri Nov 20, 2026, 3:40 PM/)).toBeTruthy();
    await user.click(button("I have looked"));
    expect(api.confirmRestored).toHaveBeenCalledTimes(1);
  });
});

describe("the words", () => {
  it("tell what is missing", () => {
    expect(exportedSays({ ...WRITTEN, missing: 1 })).toContain("1 attached file was missing");
    expect(importSays(VAULT)).toBe(
      "A whole vault: 2 drafts, 1 order on the way, 2 received orders, 4 attached files, 5.00 MB.",
    );
    expect(importSays({ ...VAULT, isVault: false, drafts: 1, files: 1 })).toBe(
      "One draft with 1 attached file, 5.00 MB.",
    );
    const all = { cameIn: [], alreadyHere: 1, otherVersion: 2, submitted: 3, notUsable: 4, filesMissing: 5 };
    expect(importedSays(all)).toHaveLength(6);
    expect(importedSays(all)[0]).toContain("No draft came in");
  });
});
