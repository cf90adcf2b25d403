import { screen } from "@testing-library/svelte";
import { expect, it, vi } from "vitest";

import { Closing } from "./closing.svelte";
import { done, double, openWindow } from "../../test/window";

const nothing = () => Promise.resolve(done(null));

it("lets the window close when everything is on disk, and not before", async () => {
  const answerClose = vi.fn(nothing);
  let settle: (isSettled: boolean) => void = () => undefined;
  const closing = new Closing(double({ answerClose }), {
    settleAll: () => new Promise((resolve) => (settle = resolve)),
  });
  const begun = closing.begin("close");
  expect(answerClose).not.toHaveBeenCalled();
  settle(true);
  await begun;
  expect(answerClose).toHaveBeenCalledExactlyOnceWith(true);
  expect(closing.asks).toBeNull();
});

it("asks where something cannot be saved, and does what the user says", async () => {
  const answerClose = vi.fn(nothing);
  const closing = new Closing(double({ answerClose }), { settleAll: () => Promise.resolve(false) });
  await closing.begin("close");
  expect(answerClose).not.toHaveBeenCalled();
  expect(closing.asks).toBe("close");
  closing.answer(false);
  expect(closing.asks).toBeNull();
  expect(answerClose).toHaveBeenCalledExactlyOnceWith(false);
});

it("answers the window at once when nothing was typed", async () => {
  const answerClose = vi.fn(nothing);
  const api = double({ answerClose });
  await openWindow(api);
  api.tell({ is: "closing" });
  await vi.waitFor(() => {
    expect(answerClose).toHaveBeenCalledExactlyOnceWith(true);
  });
  expect(screen.queryByRole("alertdialog")).toBeNull();
});
