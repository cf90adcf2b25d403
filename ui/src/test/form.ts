import { render, screen } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { vi } from "vitest";

import type { Api } from "../lib/api";
import { Shell } from "../lib/shell/shell.svelte";
import FormHost from "./FormHost.svelte";
import { ORDER, Vault } from "./vault";
import { double } from "./window";

/** Opens the form of the draft in a vault, alone in its window. */
export async function openForm(vault = new Vault(), commands: Partial<Api> = {}) {
  const user = userEvent.setup({
    advanceTimers: vi.isFakeTimers() ? vi.advanceTimersByTime : () => undefined,
  });
  const api = double({ ...vault.commands(), ...commands });
  const shell = new Shell(api);
  const { unmount } = render(FormHost, { shell, order: ORDER });
  await screen.findByRole("form");
  return { api, shell, user, unmount, vault };
}

export const field = (label: string) => screen.getByLabelText<HTMLInputElement>(new RegExp(`^${label}`));
