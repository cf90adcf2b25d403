import { screen, within } from "@testing-library/svelte";
import { describe, expect, it, vi } from "vitest";

import type { Answer } from "../api";
import { openOrder, spoken } from "../../test/order";
import { receivedAs, SUM } from "../../test/samples";
import { done, failing, inTurn } from "../../test/window";

const returned = ["Records.pdf", "Films.zip"].map((name, place) => ({
  number: place + 1,
  name,
  length: 38_200_000,
  sha256: SUM,
  atMs: new Date(2026, 10, 4).getTime(),
}));
const ORDER = receivedAs({ state: "in-progress", returned });
const button = (name: string) => screen.getByRole("button", { name: new RegExp(`(Save|Saving)… ${name}$`) });
const line = (name: string) =>
  within(screen.getByRole("table", { name: "Returned documents" })).getByRole("row", {
    name: new RegExp(name),
  });

describe("documents that came back", () => {
  it("are listed with their size and day", async () => {
    await openOrder(ORDER);
    const table = screen.getByRole("table", { name: "Returned documents" });
    const rows = within(table)
      .getAllByRole("row")
      .map((row) => [...row.children].slice(0, 3).map((cell) => cell.textContent.trim()));
    expect(rows).toEqual([
      ["Document", "Size", "Returned"],
      ["Records.pdf", "38.2 MB", "Nov 4"],
      ["Films.zip", "38.2 MB", "Nov 4"],
    ]);
  });

  it("are saved one by one, and say so once they are", async () => {
    let answer: (answer: Answer<boolean>) => void = () => undefined;
    const saveReturned = vi.fn(() => new Promise<Answer<boolean>>((resolve) => (answer = resolve)));
    const { user } = await openOrder(ORDER, { saveReturned });
    await user.click(button("Records.pdf"));
    await user.click(button("Records.pdf"));
    expect(saveReturned).toHaveBeenCalledExactlyOnceWith("c", 1);
    expect(button("Records.pdf").textContent).toBe("Saving…");
    expect(button("Records.pdf").getAttribute("aria-disabled")).toBe("true");
    expect(button("Films.zip").getAttribute("aria-disabled")).toBe("false");
    answer(done(true));
    await within(line("Records.pdf")).findByText(/^Saved /);
    expect(spoken()).toBe("Records.pdf was saved.");
    expect(document.activeElement).toBe(button("Records.pdf"));
    expect(button("Records.pdf").textContent).toBe("Save…");
  });

  it("stay as they were where no place was picked", async () => {
    const saveReturned = vi.fn(inTurn(done(true), done(false)));
    const { user } = await openOrder(ORDER, { saveReturned });
    await user.click(button("Records.pdf"));
    await within(line("Records.pdf")).findByText(/^Saved /);
    await user.click(button("Records.pdf"));
    expect(saveReturned).toHaveBeenCalledTimes(2);
    expect(within(line("Records.pdf")).getByText(/^Saved /)).toBeTruthy();
    await user.click(button("Films.zip"));
    expect(line("Films.zip").textContent).not.toContain("Saved");
  });

  it("that were not saved say why, and can be tried again", async () => {
    const message = "What came is not what was signed. Nothing was written.";
    const saveReturned = vi.fn(inTurn<boolean>(failing("provider_refused", message), done(true)));
    const { user } = await openOrder(ORDER, { saveReturned });
    await user.click(button("Films.zip"));
    const alert = await screen.findByRole("alert");
    expect(alert.textContent).toContain(`Not saved. ${message}`);
    expect(line("Films.zip").contains(alert)).toBe(true);
    await user.click(button("Films.zip"));
    await within(line("Films.zip")).findByText(/^Saved /);
    expect(screen.queryByRole("alert")).toBeNull();
  });
});
