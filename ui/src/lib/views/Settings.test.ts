import { screen } from "@testing-library/svelte";
import { tick } from "svelte";
import { describe, expect, it } from "vitest";

import { System } from "../../test/system";
import { openWindow } from "../../test/window";

const worn = () => document.documentElement.dataset.theme;

describe("the appearance", () => {
  it("follows the system live, until one is chosen, and again after that", async () => {
    const { user } = await openWindow();
    expect(worn()).toBe("light");
    System.current.goDark();
    await tick();
    expect(worn()).toBe("dark");

    await user.keyboard("{Control>},{/Control}");
    const choice = screen.getByRole("combobox", { name: "Appearance" });
    await user.selectOptions(choice, "Light");
    expect(worn()).toBe("light");
    await user.selectOptions(choice, "As this computer");
    expect(worn()).toBe("dark");
  });

  it("stays as chosen when the system changes and when the view is left", async () => {
    const { user } = await openWindow();
    await user.keyboard("{Control>},{/Control}");
    await user.selectOptions(screen.getByRole("combobox", { name: "Appearance" }), "Light");
    System.current.goDark();
    await user.keyboard("{Escape}");
    expect(worn()).toBe("light");
    await user.keyboard("{Control>},{/Control}");
    const choice = screen.getByRole<HTMLSelectElement>("combobox", { name: "Appearance" });
    expect(choice.value).toBe("light");
  });
});

describe("the appearance, when the document is loaded anew as locking does it", () => {
  it("stays as chosen", async () => {
    const { user, unmount } = await openWindow();
    await user.keyboard("{Control>},{/Control}");
    await user.selectOptions(screen.getByRole("combobox", { name: "Appearance" }), "Dark");
    unmount();
    await openWindow();
    expect(worn()).toBe("dark");
  });
});

describe("about", () => {
  it("tells version, mode and license", async () => {
    const { user } = await openWindow();
    await user.keyboard("{Control>},{/Control}");
    const facts = screen
      .getAllByRole("term")
      .map((term) => [term.textContent, term.nextElementSibling?.textContent]);
    expect(facts.slice(-3)).toEqual([
      ["Version", "0.4.2"],
      ["Mode", "Practice"],
      ["License", "Apache-2.0 OR MIT"],
    ]);
  });
});
