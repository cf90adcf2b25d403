import { describe, expect, it } from "vitest";

import { FIRST_VIEW, Navigation, STEPS_MAX, type View } from "./navigation.svelte";

describe("Navigation", () => {
  it("goes back one step at a time, and stays at the first view", () => {
    const navigation = new Navigation();
    navigation.go("drafts");
    navigation.go("settings");
    expect(navigation.title).toBe("Settings");
    navigation.back();
    expect(navigation.view).toBe("drafts");
    navigation.back();
    expect(navigation.view).toBe(FIRST_VIEW);
    expect(navigation.canGoBack).toBe(false);
    navigation.back();
    expect(navigation.view).toBe(FIRST_VIEW);
  });

  it("arrives at the open view again without a new step", () => {
    const navigation = new Navigation();
    navigation.go(FIRST_VIEW);
    expect(navigation.arrivals).toBe(1);
    expect(navigation.canGoBack).toBe(false);
  });

  it.each([
    [STEPS_MAX, 0],
    [STEPS_MAX + 1, 1],
  ])("after %i steps has forgotten %i", (taken, forgotten) => {
    const navigation = new Navigation();
    const views: View[] = ["drafts", "outbox"];
    for (let step = 0; step < taken; step++) navigation.go(views[step % 2] ?? "drafts");
    let back = 0;
    for (; navigation.canGoBack; back++) navigation.back();
    expect(back).toBe(taken - forgotten);
  });
});
