import { screen } from "@testing-library/svelte";
import { describe, expect, it, vi } from "vitest";

import { field, openForm } from "../../test/form";
import { ORDER, Vault } from "../../test/vault";
import { done, failing, inTurn } from "../../test/window";

const UNDO = "{Control>}z{/Control}";
const REDO = "{Control>}{Shift>}z{/Shift}{/Control}";

/** Takes the focus out of every text, as a click on the More button does. */
const outside = () => {
  screen.getByRole("button", { name: "More" }).focus();
};

describe("Ctrl+Z outside of a text", () => {
  it("takes the last change of the draft back, one by one, and Ctrl+Shift+Z does them again", async () => {
    const { user, vault } = await openForm();
    await user.type(field("Full name"), "Maria");
    await user.type(field("Plaintiff"), "Delgado");
    outside();
    await user.keyboard(UNDO);
    expect(await screen.findByText("Undone: case.plaintiff")).toBeTruthy();
    expect(field("Plaintiff").value).toBe("");
    expect(vault.answers.get("subject.name")).toEqual({ is: "text", text: "Maria" });
    expect(vault.answers.has("case.plaintiff")).toBe(false);
    await user.keyboard(UNDO);
    await screen.findByText("Undone: subject.name");
    expect(field("Full name").value).toBe("");
    expect(document.activeElement).toBe(screen.getByRole("button", { name: "More" }));
    await user.keyboard(REDO);
    await screen.findByText("Done again: subject.name");
    expect(field("Full name").value).toBe("Maria");
    await user.keyboard(UNDO);
    await user.click(await screen.findByRole("button", { name: "Redo" }));
    await vi.waitFor(() => {
      expect(field("Full name").value).toBe("Maria");
    });
  });

  it("saves first what was typed, so that it is what is taken back", async () => {
    const { api, user, vault } = await openForm();
    const release = vault.holdNext();
    await user.type(field("Full name"), "Maria");
    outside();
    await user.keyboard(UNDO);
    expect(api.undoChange).not.toHaveBeenCalled();
    release();
    await screen.findByText("Undone: subject.name");
    expect(vault.saves.map(({ path }) => path)).toEqual(["subject.name"]);
    expect(field("Full name").value).toBe("");
  });

  it("says so where there is nothing to take back or to do again", async () => {
    const { user } = await openForm();
    outside();
    await user.keyboard(UNDO);
    expect(await screen.findByText("There is nothing to undo.")).toBeTruthy();
    await user.keyboard(REDO);
    expect(await screen.findByText("There is nothing to do again.")).toBeTruthy();
  });

  it("takes back nothing while the last change is not on disk", async () => {
    const vault = new Vault();
    const full = { code: "not_saved", message: "The disk is full." } as const;
    vault.failNext(full, full, full, full);
    const { api, user } = await openForm(vault);
    await user.type(field("Full name"), "M");
    outside();
    await user.keyboard(UNDO);
    expect(await screen.findByText(/^Nothing was undone\. What was typed last/)).toBeTruthy();
    expect(api.undoChange).not.toHaveBeenCalled();
    expect(field("Full name").value).toBe("M");
  });

  it("that fails is told, and the form is as it was", async () => {
    const undoChange = vi.fn(inTurn(failing("not_saved", "The disk is full.")));
    const { user } = await openForm(new Vault().set("subject.name", "Maria"), { undoChange });
    outside();
    await user.keyboard(UNDO);
    expect(await screen.findByText("Nothing was undone. The disk is full.")).toBeTruthy();
    expect(screen.getByRole("region", { name: "3Subject" }).textContent).toContain("Maria");
  });

  it("brings rows and files back, and takes the focus to the heading where it had a row that is gone", async () => {
    const vault = new Vault();
    const { api, user } = await openForm(vault);
    await user.click(screen.getByRole("button", { name: /^Add a location/ }));
    const remove = await screen.findByRole("button", { name: "Remove location 4.1" });
    remove.focus();
    vault.files = [{ file: "f", name: "Notice.pdf", length: 9, state: { is: "sealed", sha256: "" } }];
    await user.keyboard(UNDO);
    await screen.findByText("Undone: Locations");
    expect(screen.queryByRole("button", { name: "Remove location 4.1" })).toBeNull();
    expect(screen.getByText("Notice.pdf")).toBeTruthy();
    expect(document.activeElement).not.toBe(remove);
    await user.keyboard(REDO);
    expect(await screen.findByRole("region", { name: "Location 4.1" })).toBeTruthy();
    expect(api.redoChange).toHaveBeenCalledExactlyOnceWith(ORDER);
  });

  it("covers what was revealed", async () => {
    const vault = new Vault().set("subject.ssn", "123-45-4417");
    const undoChange = vi.fn(() => Promise.resolve(done({ saved: vault.view, what: null })));
    const { user } = await openForm(vault, { undoChange });
    await user.click(screen.getByRole("button", { name: "Reveal Social security number" }));
    outside();
    await user.keyboard(UNDO);
    await screen.findByText("Undone");
    expect(document.body.innerHTML).not.toContain("123-45-4417");
  });
});

describe("Ctrl+Z elsewhere", () => {
  it("belongs to the text that has the focus", async () => {
    const { api, user } = await openForm();
    await user.type(field("Full name"), "Maria");
    await user.keyboard(UNDO);
    await user.keyboard(REDO);
    expect(api.undoChange).not.toHaveBeenCalled();
    expect(api.redoChange).not.toHaveBeenCalled();
  });

  it("belongs to a toast that offers Undo", async () => {
    const vault = new Vault();
    vault.addRow();
    const { api, user } = await openForm(vault);
    await user.click(screen.getByRole("button", { name: "Remove location 4.1" }));
    await screen.findByText("Location 4.1 removed");
    outside();
    await user.keyboard(UNDO);
    await vi.waitFor(() => {
      expect(api.restoreRow).toHaveBeenCalledTimes(1);
    });
    expect(api.undoChange).not.toHaveBeenCalled();
  });
});

describe("the menu", () => {
  it("is walked through by the arrow keys, around its ends", async () => {
    const { user } = await openForm();
    await user.click(screen.getByRole("button", { name: "More" }));
    const [versions, exporting, discard] = screen.getAllByRole("menuitem");
    expect(document.activeElement).toBe(versions);
    for (const [key, entry] of [
      ["ArrowDown", exporting],
      ["ArrowDown", discard],
      ["ArrowDown", versions],
      ["ArrowUp", discard],
      ["Home", versions],
      ["End", discard],
    ] as const) {
      await user.keyboard(`{${key}}`);
      expect(document.activeElement).toBe(entry);
    }
    await user.keyboard("{Escape}");
    expect(screen.queryByRole("menu")).toBeNull();
  });

  it("leads to the earlier versions", async () => {
    const { shell, user } = await openForm();
    await user.click(screen.getByRole("button", { name: "More" }));
    await user.keyboard("{Enter}");
    expect(shell.navigation.place).toEqual({ view: "versions", order: ORDER });
  });
});
