import { screen } from "@testing-library/svelte";
import { describe, expect, it, vi } from "vitest";

import { field, openForm } from "../../test/form";
import { SERVICES } from "../../test/samples";
import { ORDER, Vault } from "../../test/vault";
import { done, double, heading, inTurn, openWindow } from "../../test/window";

const emptyVault = () => ({
  ...new Vault().commands(),
  services: inTurn(done(SERVICES)),
  startDraft: inTurn(done(ORDER)),
});

describe("a form that opens", () => {
  it("is new: the focus is in its first field; come back to, it is on the heading", async () => {
    const { user } = await openWindow(double(emptyVault()));
    await user.keyboard("{Control>}n{/Control}");
    await screen.findByRole("radiogroup");
    await user.keyboard("{Enter}");
    await screen.findByRole("form");
    await vi.waitFor(() => {
      expect(document.activeElement).toBe(field("Ordering person"));
    });
    await user.keyboard("{Control>},{/Control}{Escape}");
    await screen.findByRole("form");
    await vi.waitFor(() => {
      expect(document.activeElement).toBe(heading());
    });
  });
});

describe("files that were dropped and not taken", () => {
  const error = { code: "file_refused", message: "Notes.lnk is a link to a file." } as const;

  it("are told in the form, and stay told", async () => {
    const { shell } = await openForm();
    shell.navigation.open("form", ORDER);
    shell.events.tell({ is: "refused", error });
    const alert = await screen.findByRole("alert");
    expect(alert.textContent).toContain("Not everything was attached. Notes.lnk is a link to a file.");
    expect(shell.toasts.shown).toBeNull();
  });

  it("are told in passing where no form is open", async () => {
    const api = double();
    await openWindow(api);
    api.tell({ is: "refused", error });
    expect(await screen.findByText("Notes.lnk is a link to a file.")).toBeTruthy();
  });
});

describe("what a narrow field says", () => {
  it("stands across its row, below the fields beside it, and is still what the field is described by", async () => {
    const vault = new Vault();
    vault.set("customer.email", "nobody");
    const { user } = await openForm(vault);
    await user.click(field("Reply e-mail"));
    await user.tab();
    const says = await screen.findByText("This is not an e-mail address.");
    const across = says.closest(".row-says");
    expect(across?.classList).toContain("f12");
    expect(across?.classList).toContain("is-wrong");
    expect(across?.previousElementSibling).toBe(field("Reply e-mail").closest(".field"));
    expect(field("Reply e-mail").getAttribute("aria-describedby")).toBe(says.closest("p")?.id);
    expect(screen.getAllByText("This is not an e-mail address.")).toHaveLength(1);
  });
});
