import { render, screen } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { vi } from "vitest";

import App from "../App.svelte";
import type { Answer, Api } from "../lib/api";
import type { AppInfo } from "../lib/bindings/AppInfo";

export const PRACTICE: AppInfo = { version: "0.4.2", mode: "practice", firm: "Hartwell & Ames LLP" };
export const AZURE: AppInfo = { version: "0.4.2", mode: "azure", firm: null };

export const done = (value: AppInfo): Answer<AppInfo> => ({ is: "done", value });

export const failed: Answer<AppInfo> = {
  is: "failed",
  error: { code: "internal", message: "Satchel could not read its own version." },
};

/** Commands that answer the given answers in turn, the last one for ever. */
export function answering(...answers: Answer<AppInfo>[]): Api {
  let call = 0;
  return {
    appInfo: vi.fn(() => {
      const answer = answers[Math.min(call++, answers.length - 1)];
      return answer ? Promise.resolve(answer) : new Promise<never>(() => undefined);
    }),
    painted: vi.fn(() => Promise.resolve({ is: "done" as const, value: null })),
  };
}

/** Opens the window and waits until it has an answer to show. */
export async function openWindow(api: Api = answering(done(PRACTICE))) {
  const user = userEvent.setup();
  const { unmount } = render(App, { api });
  await vi.waitFor(() => {
    if (screen.getByRole("main").getAttribute("aria-busy") !== "false") throw new Error("still starting");
  });
  return { api, user, unmount };
}

export const heading = () => screen.getByRole("heading", { level: 1 });

export const railButton = (name: RegExp | string) =>
  Array.from(screen.getByRole("navigation").querySelectorAll("button")).find((button) =>
    button.textContent.match(name),
  );
