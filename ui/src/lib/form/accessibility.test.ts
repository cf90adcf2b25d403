import { screen } from "@testing-library/svelte";
import axe from "axe-core";
import { tick } from "svelte";
import { beforeEach, describe, expect, it } from "vitest";

import {
  CAUTION,
  CONFLICT,
  dated,
  entered,
  MISSING,
  PASSED,
  production,
  REMINDER,
  UNCOUNTED,
} from "../../test/dates";
import { openForm } from "../../test/form";
import { System } from "../../test/system";
import { Vault } from "../../test/vault";

// jsdom computes no colours: contrast.test.ts holds them, for both themes. The form stands alone here, without its window.
const options: axe.RunOptions = {
  rules: { "color-contrast": { enabled: false }, "document-title": { enabled: false } },
};

/** A page that axe can make nothing of would pass. */
const RULES_MIN = 20;

async function look(): Promise<unknown[]> {
  document.documentElement.lang = "en-US";
  const { passes, violations } = await axe.run(document, options);
  expect(passes.length).toBeGreaterThan(RULES_MIN);
  return violations.map(({ id, nodes }) => [id, ...nodes.map((node) => node.html)]);
}

function lived(): Vault {
  const vault = new Vault()
    .set("customer.person", "Dana Whitfield")
    .set("customer.email", "dana")
    .set("case.plaintiff", "Maria Delgado")
    .set("case.defendant", "Northline Freight, Inc.")
    .set("subject.ssn", "123-45-4417")
    .set("subject.address", { is: "parts", parts: { city: "Torrance" } });
  const row = vault.addRow();
  vault.set(`locations.${row}.custodian`, "Lakeshore Imaging");
  vault.files = [
    { file: "1", name: "Notice.pdf", length: 412_000, state: { is: "sealed", sha256: "" } },
    { file: "2", name: "Films.zip", length: 2_000_000, state: { is: "sealing", done: 1_000_000 } },
    {
      file: "3",
      name: "Photographs.zip",
      length: 3_000,
      state: { is: "failed", error: { code: "file_refused", message: "The file changed." } },
    },
  ];
  return vault;
}

describe.each(["light", "dark"] as const)("axe, %s", (theme) => {
  beforeEach(() => {
    document.documentElement.dataset.theme = theme;
    if (theme === "dark") System.current.goDark();
  });

  it("a fresh form", async () => {
    await openForm();
    expect(await look()).toEqual([]);
  });

  it("a form with everything in it: folded, wrong, missing, masked, revealed, sealing", async () => {
    const { user } = await openForm(lived());
    await user.keyboard("{Control>}{Enter}{/Control}");
    await screen.findAllByText("This is needed.");
    await user.click(screen.getByRole("button", { name: "Reveal Social security number" }));
    await user.click(screen.getByRole("button", { name: "More" }));
    await tick();
    expect(screen.getByRole("menu")).toBeTruthy();
    expect(await look()).toEqual([]);
  });

  it("dates: kept, in conflict, passed, missing, unfolded", async () => {
    const vault = lived().set("subject.loss", "Mon Dec 14, 2026");
    const kept = dated({ entered: entered(), margin: { days: 3, date: null } });
    vault.deadlines = [
      production({ outcome: dated({ entered: CONFLICT }) }),
      production({ rule: "kept", label: "Kept", outcome: kept }),
      ...[PASSED, MISSING, REMINDER, UNCOUNTED],
    ];
    vault.cautions = [CAUTION];
    const { user } = await openForm(vault);
    for (const name of ["Earliest production", "Kept"]) {
      await user.click(screen.getByRole("button", { name }));
    }
    expect(document.querySelectorAll(".reckoning")).toHaveLength(2);
    expect(await look()).toEqual([]);
  });

  it("a toast and a notice", async () => {
    const { user } = await openForm(lived());
    await user.click(screen.getByLabelText(/^Injury/));
    await user.paste("<script>1</script>");
    await screen.findByText("<script>…</script>");
    await user.click(screen.getByRole("button", { name: "Remove location 4.1" }));
    await screen.findByText("Location 4.1 removed");
    expect(await look()).toEqual([]);
  });

  it("a draft that is not saved", async () => {
    const vault = new Vault();
    vault.failNext({ code: "not_saved", message: "The disk is full." });
    const { user } = await openForm(vault);
    await user.type(screen.getByLabelText(/^Full name/), "M");
    await user.tab();
    await screen.findByText("Not saved.");
    expect(await look()).toEqual([]);
  });
});
