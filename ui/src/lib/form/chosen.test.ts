import { screen, within } from "@testing-library/svelte";
import axe from "axe-core";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { field, openForm } from "../../test/form";
import { FORM } from "../../test/formView";
import { Vault } from "../../test/vault";
import type { FieldView } from "../bindings/FieldView";
import type { FormView } from "../bindings/FormView";

beforeEach(() => {
  vi.useFakeTimers({ shouldAdvanceTime: true });
});
afterEach(() => {
  vi.useRealTimers();
});
const wait = () => vi.advanceTimersByTimeAsync(0);

const STATEMENT = "I ask for this for the purpose chosen above and for no other.";
const COURTS = ["Los Angeles", "Lassen", "San Francisco"].map((county) => ({
  id: county.toLowerCase().replace(" ", "_"),
  label: `Superior Court, County of ${county}`,
}));

function own(id: string, label: string, kind: FieldView["kind"]): FieldView {
  return { id, label, kind, width: "full", masked: false, help: null };
}

/** The form of the other tests, and the kinds that only some services ask for. */
const form: FormView = {
  ...FORM,
  sections: [
    {
      id: "more",
      title: "More",
      hint: null,
      repeats: null,
      fields: [
        own("court", "Court", { is: "choice", style: "search", options: COURTS }),
        own("time", "Starts at", { is: "time" }),
        own("agreed", "Attestation", { is: "attestation", statement: STATEMENT }),
      ],
    },
    ...FORM.sections,
  ],
};

const court = () => screen.getByRole<HTMLInputElement>("combobox", { name: /^Court/ });
const hits = () => screen.getAllByRole("option", { hidden: false }).filter((hit) => hit.closest(".found"));
const saved = (vault: Vault) => vault.saves.filter(({ path }) => path === "more.court");

describe("a choice that is searched", () => {
  it("is chosen by the keyboard alone", async () => {
    const { user, vault } = await openForm(new Vault(form));
    await user.click(court());
    expect(hits()).toHaveLength(3);
    expect(court().getAttribute("aria-expanded")).toBe("true");
    await user.type(court(), "l");
    expect(hits().map((hit) => hit.textContent.trim())).toEqual([
      "Superior Court, County of Los Angeles",
      "Superior Court, County of Lassen",
    ]);
    await user.keyboard("{ArrowDown}");
    const active = document.getElementById(court().getAttribute("aria-activedescendant") ?? "");
    expect(active?.textContent.trim()).toBe("Superior Court, County of Lassen");
    expect(active?.getAttribute("aria-selected")).toBe("true");
    await user.keyboard("{Enter}");
    await wait();
    expect(saved(vault)).toEqual([{ path: "more.court", entry: { is: "text", text: "lassen" } }]);
    expect(court().value).toBe("Superior Court, County of Lassen");
    expect(court().getAttribute("aria-expanded")).toBe("false");
    expect(document.activeElement).toBe(court());
  });

  it("goes around its ends, and is chosen by the mouse", async () => {
    const { user, vault } = await openForm(new Vault(form));
    await user.click(court());
    await user.keyboard("{ArrowUp}{Enter}");
    await wait();
    expect(saved(vault).at(-1)?.entry).toEqual({ is: "text", text: "san_francisco" });
    await user.click(court());
    await user.click(screen.getByRole("option", { name: /Los Angeles/ }));
    await wait();
    expect(saved(vault).at(-1)?.entry).toEqual({ is: "text", text: "los_angeles" });
    expect(saved(vault)).toHaveLength(2);
  });

  it("takes what is typed in full or found alone, when it is left", async () => {
    const { user, vault } = await openForm(new Vault(form));
    await user.type(court(), "francisco");
    await user.tab();
    await wait();
    expect(saved(vault)).toEqual([{ path: "more.court", entry: { is: "text", text: "san_francisco" } }]);
  });

  it("keeps what was chosen when what is typed is no option, and on Escape", async () => {
    const { user, vault } = await openForm(new Vault(form));
    await user.type(court(), "lassen{Enter}");
    await user.clear(court());
    await user.type(court(), "nowhere");
    expect(screen.getByText("Nothing found")).toBeTruthy();
    await user.keyboard("{Enter}");
    await user.tab();
    expect(court().value).toBe("Superior Court, County of Lassen");
    await user.type(court(), " los");
    await user.keyboard("{Escape}");
    expect(court().value).toBe("Superior Court, County of Lassen");
    expect(court().getAttribute("aria-expanded")).toBe("false");
    await wait();
    expect(saved(vault)).toEqual([{ path: "more.court", entry: { is: "text", text: "lassen" } }]);
  });

  it("is nothing again when it is cleared", async () => {
    const { user, vault } = await openForm(new Vault(form));
    await user.type(court(), "lassen{Enter}");
    await user.clear(court());
    await user.tab();
    await wait();
    expect(saved(vault).at(-1)).toEqual({ path: "more.court", entry: { is: "text", text: "" } });
  });
});

describe("an attestation", () => {
  it("shows its statement, and is agreed to or not answered", async () => {
    const { user, vault } = await openForm(new Vault(form));
    const group = screen.getByRole("group", { name: /^Attestation/ });
    const box = within(group).getByRole<HTMLInputElement>("checkbox", { name: STATEMENT });
    expect(box.checked).toBe(false);
    box.focus();
    await user.keyboard(" ");
    await wait();
    expect(box.checked).toBe(true);
    await user.keyboard(" ");
    await wait();
    expect(box.checked).toBe(false);
    expect(vault.saves).toEqual([
      { path: "more.agreed", entry: { is: "flag", flag: true } },
      { path: "more.agreed", entry: { is: "flag", flag: null } },
    ]);
  });
});

describe("a time", () => {
  it("is typed as it comes", async () => {
    const { user, vault } = await openForm(new Vault(form));
    await user.type(field("Starts at"), "2:30 pm");
    await user.tab();
    await wait();
    expect(vault.saves.at(-1)).toEqual({ path: "more.time", entry: { is: "text", text: "2:30 pm" } });
  });
});

it("axe finds nothing in the kinds that only some services ask for, with the list open", async () => {
  const { user } = await openForm(new Vault(form));
  await user.click(court());
  document.documentElement.lang = "en-US";
  const rules = { "color-contrast": { enabled: false }, "document-title": { enabled: false } };
  const { passes, violations } = await axe.run(document, { rules });
  expect(passes.length).toBeGreaterThan(20);
  expect(violations.map(({ id, nodes }) => [id, ...nodes.map((node) => node.html)])).toEqual([]);
});
