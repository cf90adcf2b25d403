import { beforeEach, vi } from "vitest";

import { System } from "./system";

// jsdom has no media queries and no `CSS.escape`, which user-event calls, and takes the platform of the computer that
// runs the tests.
beforeEach(() => {
  System.install();
  if (typeof sessionStorage !== "undefined") sessionStorage.clear();
  vi.stubGlobal("CSS", { escape: (name: string) => name });
  // It lays nothing out either, so there is nothing to scroll.
  if (typeof Element !== "undefined") Element.prototype.scrollIntoView = () => undefined;
  // It opens no dialog over the rest.
  if (typeof HTMLDialogElement !== "undefined") {
    HTMLDialogElement.prototype.showModal = function show() {
      this.open = true;
    };
  }
  if (typeof navigator !== "undefined") vi.spyOn(navigator, "platform", "get").mockReturnValue("Win32");
});
