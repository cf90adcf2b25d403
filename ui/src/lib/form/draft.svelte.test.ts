import { flushSync } from "svelte";
import { describe, expect, it } from "vitest";

import { ORDER, Vault } from "../../test/vault";
import { FORM } from "../../test/formView";
import { Saving } from "../shell/saving.svelte";
import { Draft } from "./draft.svelte";
import { pathOf } from "./paths";

const ROWS = 200;

/** A draft with as many locations as an order takes. */
function large() {
  const vault = new Vault();
  for (let row = 0; row < ROWS; row += 1) {
    vault.set(`locations.${vault.addRow()}.custodian`, `Custodian ${row}`);
  }
  const { saveAnswer } = vault.commands();
  if (!saveAnswer) throw new Error("the vault saves nothing");
  const saving = new Saving(saveAnswer);
  const draft = new Draft(vault.view, saving);
  draft.listen();
  return { draft, saving, vault };
}

describe("a large draft", () => {
  it("runs again only what reads the field that was saved", async () => {
    const { draft, saving } = large();
    const paths = FORM.sections.flatMap(({ id, fields, repeats }) =>
      (repeats ? (draft.rows.get(id) ?? []) : [null]).flatMap((row) =>
        fields.map((field) => pathOf(id, row, field.id)),
      ),
    );
    expect(paths.length).toBeGreaterThan(ROWS * 4);
    const ran: string[] = [];
    const stop = $effect.root(() => {
      for (const path of paths) {
        const cell = draft.cell(path);
        $effect(() => {
          expect([
            cell.shown,
            cell.problem,
            cell.isRequired,
            cell.isHidden,
            cell.changed,
            cell.failure,
          ]).toHaveLength(6);
          ran.push(path);
        });
      }
      for (const key of draft.marks.keys()) {
        $effect(() => {
          expect(draft.marks.get(key)).toBeDefined();
          ran.push(`mark ${key}`);
        });
      }
    });
    flushSync();
    ran.length = 0;
    draft.enter("locations.7.phone", { is: "text", text: "(562) 555-0142" }, "now");
    flushSync();
    expect(await saving.settle(ORDER)).toBe(true);
    flushSync();
    stop();
    expect(new Set(ran)).toEqual(new Set(["locations.7.phone", "mark locations.7"]));
  });

  it("keeps what is typed in its rows when one of them goes", async () => {
    const { draft, saving, vault } = large();
    draft.compose("locations.7.phone", { is: "text", text: "(562)" });
    const before = draft.cell("locations.8.custodian").kept;
    await vault.commands().removeRow?.(ORDER, "locations", 3);
    const { answers, assessment, rows } = vault.view;
    draft.takeRows("locations", { savedAtMs: 1, answers, assessment, rows: rows.locations ?? [] });
    expect(draft.rows.get("locations")).toHaveLength(ROWS - 1);
    expect(draft.cell("locations.7.phone").shown).toEqual({ is: "text", text: "(562)" });
    expect(draft.cell("locations.8.custodian").kept).toBe(before);
    draft.leaveAll();
    expect(await saving.settle(ORDER)).toBe(true);
    expect(vault.answers.get("locations.7.phone")).toEqual({ is: "text", text: "(562)" });
  });
});

describe("a field that comes to be asked", () => {
  it("is heard of by whoever looked at it before anybody else did", async () => {
    const { saveAnswer } = new Vault().commands();
    if (!saveAnswer) throw new Error("the vault saves nothing");
    const saving = new Saving(saveAnswer);
    const draft = new Draft(new Vault().view, saving);
    draft.listen();
    let isHidden: boolean | undefined;
    const stop = $effect.root(() => {
      $effect(() => {
        isHidden = draft.cell("case.number").isHidden;
      });
    });
    flushSync();
    expect(isHidden).toBe(true);
    draft.enter("case.filed", { is: "flag", flag: true }, "now");
    expect(await saving.settle(ORDER)).toBe(true);
    flushSync();
    expect(isHidden).toBe(false);
    stop();
  });
});
