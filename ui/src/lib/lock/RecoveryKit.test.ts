import { screen, within } from "@testing-library/svelte";
import { describe, expect, it, vi } from "vitest";

import type { Api } from "../api";
import { CLOSED, KIT } from "../../test/keys";
import { done, double, failing, heading, inTurn, openWindow } from "../../test/window";

const WITHOUT = done({ ...CLOSED, hasKit: false });

/** Opens the kit from the notice of a window whose vault has none. */
async function open(commands: Partial<Api> = {}) {
  const api = double({ vaultState: vi.fn(inTurn(WITHOUT)), ...commands });
  const opened = await openWindow(api);
  await opened.user.click(screen.getByRole("button", { name: "Make the kit" }));
  return opened;
}
const button = (name: RegExp | string) => screen.getByRole("button", { name });
const word = (number: number) => screen.getByLabelText<HTMLInputElement>(`Word ${number}`);
const notice = () => screen.queryByRole("region", { name: "Recovery kit" });

describe("the notice", () => {
  it("comes until there is a kit, and can be put off", async () => {
    const { user } = await openWindow(double({ vaultState: inTurn(WITHOUT) }));
    expect(notice()?.textContent).toContain("Keep a recovery kit.");
    await user.keyboard("{Control>},{/Control}");
    expect(notice()).toBeTruthy();
    await user.click(button("Not now"));
    expect(notice()).toBeNull();
    expect(document.activeElement).toBe(heading());
    await user.keyboard("{Escape}");
    expect(notice()).toBeNull();
  });

  it("does not come where there is a kit", async () => {
    await openWindow();
    expect(notice()).toBeNull();
  });
});

describe("the kit", () => {
  it("lists its words with their numbers, with the focus on the heading", async () => {
    await open();
    const items = within(await screen.findByRole("list")).getAllByRole("listitem");
    expect(items.map((item) => item.textContent)).toEqual(KIT.words.map((one, at) => `${at + 1}${one}`));
    expect(heading().textContent).toBe("Recovery kit");
    expect(document.activeElement).toBe(heading());
    expect(screen.queryByRole("navigation")).toBeNull();
  });

  it("is printed by its button and by Ctrl+P", async () => {
    const print = vi.fn();
    vi.stubGlobal("print", print);
    const { user } = await open();
    await user.click(await screen.findByRole("button", { name: "Print the kit" }));
    await user.keyboard("{Control>}p{/Control}");
    expect(print).toHaveBeenCalledTimes(2);
  });

  it("is saved as a file, which says where; or not, and says why", async () => {
    const saveKit = vi.fn(
      inTurn(done(null), failing("not_saved", "The disk is full."), done("/papers/kit.txt")),
    );
    const { user } = await open({ saveKit });
    const save = await screen.findByRole("button", { name: "Save as a file…" });
    await user.click(save);
    expect(screen.queryByText(/^Saved as/)).toBeNull();
    await user.click(save);
    expect((await screen.findByRole("alert")).textContent).toContain("The disk is full.");
    await user.click(save);
    expect(await screen.findByText("Saved as /papers/kit.txt")).toBeTruthy();
    expect(screen.getByText(/can be read by whoever gets it/)).toBeTruthy();
  });

  it("counts once the asked words are typed back", async () => {
    const vaultState = vi.fn(inTurn(WITHOUT, WITHOUT, done(CLOSED)));
    const { api, user } = await open({ vaultState });
    await user.type(await screen.findByLabelText("Word 3"), " fathom ");
    const finish = button("Finish");
    expect(finish.getAttribute("aria-disabled")).toBe("true");
    await user.click(finish);
    expect(api.confirmKit).not.toHaveBeenCalled();
    expect(document.activeElement).toBe(word(9));
    await user.keyboard("mosaic{Enter}");
    await screen.findByText("The recovery kit opens this vault from now on.");
    expect(api.confirmKit).toHaveBeenCalledExactlyOnceWith({ 3: "fathom", 9: "mosaic" });
    expect(heading().textContent).toBe("Active");
    expect(notice()).toBeNull();
  });

  it("says when a word is wrong, and keeps the focus in it", async () => {
    const message = "Word 9 is another one. Look at the kit that you keep, not at the screen.";
    const { user } = await open({ confirmKit: vi.fn(inTurn(failing("wrong_words", message))) });
    await user.type(await screen.findByLabelText("Word 3"), "fathom");
    await user.type(word(9), "mos{Enter}");
    expect((await screen.findByRole("alert")).textContent).toContain(message);
    expect(document.activeElement).toBe(word(9));
    expect(word(9).getAttribute("aria-invalid")).toBe("true");
    expect(notice()).toBeNull();
  });

  it.each([
    ["Esc", "{Escape}"],
    ["another view", "{Control>},{/Control}"],
  ])("leaves the document by %s, and is made anew the next time", async (_, keys) => {
    const { api, user } = await open();
    await screen.findByText("fathom");
    await user.keyboard(keys);
    for (const one of KIT.words) expect(document.documentElement.innerHTML).not.toContain(one);
    expect(api.confirmKit).not.toHaveBeenCalled();
    await user.click(button("Make the kit"));
    await screen.findByText("fathom");
    expect(api.makeKit).toHaveBeenCalledTimes(2);
  });

  it("that comes after one left is not shown", async () => {
    let answer: () => void = () => undefined;
    const makeKit = vi.fn(
      () =>
        new Promise<ReturnType<typeof done<typeof KIT>>>((resolve) => {
          answer = () => {
            resolve(done(KIT));
          };
        }),
    );
    const { user } = await open({ makeKit });
    await user.keyboard("{Escape}");
    answer();
    await vi.waitFor(() => {
      expect(heading().textContent).toBe("Active");
    });
    expect(document.body.textContent).not.toContain("fathom");
  });

  it("that cannot be made says so, and can be tried again", async () => {
    const makeKit = vi.fn(inTurn(failing("not_saved", "The disk is full."), done(KIT)));
    const { user } = await open({ makeKit });
    expect((await screen.findByRole("alert")).textContent).toContain("The disk is full.");
    await user.click(button("Retry"));
    expect(await screen.findByText("fathom")).toBeTruthy();
  });

  it("puts nothing into the clipboard", async () => {
    const { user } = await open();
    const writeText = vi.spyOn(navigator.clipboard, "writeText");
    await user.click(await screen.findByText("fathom"));
    await user.click(button("Save as a file…"));
    expect(writeText).not.toHaveBeenCalled();
  });
});
