import { screen, within } from "@testing-library/svelte";
import { describe, expect, it, vi } from "vitest";

import type { Api } from "../api";
import type { VersionView } from "../bindings/VersionView";
import { row } from "../../test/samples";
import { ORDER, Vault } from "../../test/vault";
import { VERSIONS } from "../../test/versions";
import { listing } from "../../test/listing";
import { done, double, failing, heading, inTurn, openWindow, railButton } from "../../test/window";

/** Opens the versions of a draft from the menu of its form. */
async function open(commands: Partial<Api> = {}, vault = new Vault().set("subject.name", "Maria Delgado")) {
  const restored = vi.fn(() => {
    vault.set("subject.name", "Maria Elena Delgado");
    return Promise.resolve(done(vault.view));
  });
  const api = double({
    ...vault.commands(),
    orders: listing([row(ORDER)]),
    history: vi.fn(inTurn(done(VERSIONS))),
    restoreVersion: restored,
    ...commands,
  });
  const opened = await openWindow(api);
  await opened.user.click(railButton("Drafts") ?? document.body);
  await screen.findByRole("grid");
  await opened.user.keyboard("{ArrowDown}{Enter}");
  await opened.user.click(await screen.findByRole("button", { name: "More" }));
  await opened.user.click(screen.getByRole("menuitem", { name: "Earlier versions" }));
  return { ...opened, vault };
}
const list = () => screen.findByRole("listbox");
const options = async () => within(await list()).getAllByRole("option");
const current = () => screen.getByRole("option", { selected: true });
const changes = () =>
  [...document.querySelectorAll(".changes tbody tr")].map((row) =>
    [...row.children].map((cell) => cell.textContent.trim()),
  );

describe("the versions", () => {
  it("are listed, the newest first, with the focus on the heading", async () => {
    const { api } = await open();
    expect((await options()).map((option) => option.querySelector("span")?.textContent)).toEqual(
      VERSIONS.map(({ what }) => what),
    );
    expect(heading().textContent).toBe("Earlier versions");
    expect(document.activeElement).toBe(heading());
    expect(current().textContent).toContain("as it is now");
    expect(api.history).toHaveBeenCalledExactlyOnceWith(ORDER);
    expect(screen.queryByRole("button", { name: "Restore this version" })).toBeNull();
  });

  it("are one tab stop, walked through by keys, and say what each changed", async () => {
    const { user } = await open();
    await list();
    await user.keyboard("{ArrowDown}");
    expect(document.activeElement).toBe((await options())[0]);
    expect(changes()).toEqual([["Full name", "Maria Elena Delgado", "Maria Delgado"]]);
    await user.keyboard("{ArrowDown}");
    expect(document.activeElement).toBe((await options())[1]);
    expect(changes()).toEqual([
      ["SSN", "empty", "•••-••-4417"],
      ["Injury and treatment", "Sprain", "empty"],
    ]);
    await user.keyboard("{End}");
    expect(document.activeElement).toBe((await options())[2]);
    expect(screen.getByText("No answer is different from the version before.")).toBeTruthy();
    await user.keyboard("{ArrowDown}{Home}");
    expect(document.activeElement).toBe((await options())[0]);
    expect(document.querySelectorAll("[role=option][tabindex='0']")).toHaveLength(1);
  });

  it("are a part at a time, where there are many", async () => {
    const many = Array.from({ length: 250 }, (_, at): VersionView => ({
      number: 250 - at,
      atMs: 1,
      what: `Change ${250 - at}`,
      changes: [],
    }));
    const { user } = await open({ history: inTurn(done(many)) });
    expect(await options()).toHaveLength(100);
    await user.click(screen.getByRole("button", { name: "Show older versions" }));
    expect(await options()).toHaveLength(200);
    expect(document.activeElement?.textContent).toContain("Change 150");
    await user.click(screen.getByRole("button", { name: "Show older versions" }));
    expect(screen.queryByRole("button", { name: "Show older versions" })).toBeNull();
  });

  it("lead back to the form by Esc", async () => {
    const { user } = await open();
    await list();
    await user.keyboard("{Escape}");
    expect(await screen.findByRole("form")).toBeTruthy();
    await user.keyboard("{Escape}");
    expect(heading().textContent).toBe("Drafts");
  });

  it("that cannot be read say so, and can be read again", async () => {
    const history = vi.fn(inTurn(failing("vault_unreachable", "The folder cannot be read."), done(VERSIONS)));
    const { user } = await open({ history });
    expect((await screen.findByRole("alert")).textContent).toContain("The versions could not be read.");
    await user.click(screen.getByRole("button", { name: "Retry" }));
    expect(await options()).toHaveLength(3);
  });

  it("may be none", async () => {
    await open({ history: inTurn(done([])) });
    expect((await screen.findByRole("heading", { level: 2 })).textContent).toBe("No earlier versions");
  });
});

describe("a version", () => {
  const name = () => screen.findByLabelText<HTMLInputElement>(/^Full name/);

  it("is restored, shown in the form, and taken back by Undo", async () => {
    const vault = new Vault().set("subject.name", "Maria Delgado");
    const undoChange = vi.fn(() => {
      vault.set("subject.name", "Maria Delgado");
      return Promise.resolve(done({ saved: vault.view, what: "Version 6 restored" }));
    });
    const { api, user } = await open({ undoChange }, vault);
    await list();
    await user.keyboard("{ArrowDown}{ArrowDown}");
    await user.click(screen.getByRole("button", { name: "Restore this version" }));
    await screen.findByRole("form");
    // Complete, so it is folded.
    expect(screen.getByRole("region", { name: "3Subject" }).textContent).toContain("Maria Elena Delgado");
    expect(api.restoreVersion).toHaveBeenCalledExactlyOnceWith(ORDER, 6);
    await screen.findByText("Version 6 is the draft again");
    await user.click(screen.getByRole("button", { name: /^Undo/ }));
    await vi.waitFor(async () => {
      expect((await name()).value).toBe("Maria Delgado");
    });
    expect(undoChange).toHaveBeenCalledExactlyOnceWith(ORDER);
    expect(await screen.findByText("Undone: Version 6 restored")).toBeTruthy();
  });

  it("that is not restored says why, and the list stays", async () => {
    const restoreVersion = vi.fn(inTurn(failing("not_saved", "The disk is full.")));
    const { user } = await open({ restoreVersion });
    await list();
    await user.keyboard("{ArrowDown}{End}");
    await user.click(screen.getByRole("button", { name: "Restore this version" }));
    const alert = await screen.findByRole("alert");
    expect(alert.textContent).toContain("The version was not restored.");
    expect(alert.textContent).toContain("The disk is full.");
    expect(heading().textContent).toBe("Earlier versions");
  });
});
