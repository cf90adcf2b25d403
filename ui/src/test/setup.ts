import { beforeEach, vi } from "vitest";

import { System } from "./system";

// jsdom has no media queries, no escape of CSS, which user-event asks for, and takes the platform of the computer that runs the tests.
beforeEach(() => {
  System.install();
  vi.stubGlobal("CSS", { escape: (name: string) => name });
  if (typeof navigator !== "undefined") vi.spyOn(navigator, "platform", "get").mockReturnValue("Win32");
});
