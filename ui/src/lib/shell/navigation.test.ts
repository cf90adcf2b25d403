import { describe, expect, it } from "vitest";

import { FIRST_VIEW, Navigation, STEPS_MAX, type View } from "./navigation.svelte";

describe("Navigation", () => {
  it("goes back one step at a time, and stays at the first view", () => {
    const navigation = new Navigation();
    navigation.go("drafts");
    navigation.go("settings");
    expect(navigation.place).toEqual({ view: "settings" });
    navigation.back();
    expect(navigation.place).toEqual({ view: "drafts" });
    navigation.back();
    expect(navigation.place).toEqual({ view: FIRST_VIEW });
    expect(navigation.canGoBack).toBe(false);
    navigation.back();
    expect(navigation.place).toEqual({ view: FIRST_VIEW });
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

  it("stays in the rail where the order was opened from", () => {
    const navigation = new Navigation();
    navigation.go("drafts");
    navigation.open("form", "a");
    navigation.open("review", "a");
    expect(navigation.railView).toBe("drafts");
    navigation.go("settings");
    expect(navigation.railView).toBe("settings");
  });

  it("tells the form which answer to go to, without a second step for the same order", () => {
    const navigation = new Navigation();
    navigation.open("form", "a", "subject.name");
    expect(navigation.place).toEqual({ view: "form", order: "a", at: "subject.name" });
    navigation.open("form", "a");
    expect(navigation.place).toEqual({ view: "form", order: "a" });
    expect(navigation.arrivals).toBe(2);
    navigation.back();
    expect(navigation.place).toEqual({ view: FIRST_VIEW });
  });

  it("returns to the form by the way one came, or goes there", () => {
    const navigation = new Navigation();
    navigation.open("form", "a");
    navigation.open("review", "a");
    navigation.return("form", "a");
    expect(navigation.place).toEqual({ view: "form", order: "a" });
    navigation.back();
    expect(navigation.place).toEqual({ view: FIRST_VIEW });
    navigation.open("form", "b");
    navigation.open("review", "a");
    navigation.return("form", "a");
    expect(navigation.place).toEqual({ view: "form", order: "a" });
    navigation.back();
    expect(navigation.place).toEqual({ view: "review", order: "a" });
  });

  it("leads back from an order that was made to the drafts", () => {
    const navigation = new Navigation();
    navigation.go("new-order");
    navigation.openMade("a");
    expect(navigation.place).toEqual({ view: "form", order: "a", isNew: true });
    expect(navigation.railView).toBe("drafts");
    navigation.open("review", "a");
    navigation.back();
    expect(navigation.place).toEqual({ view: "form", order: "a" });
    navigation.back();
    expect(navigation.place).toEqual({ view: "drafts" });
    navigation.back();
    expect(navigation.place).toEqual({ view: FIRST_VIEW });
  });

  it("does not lead back to an order that is gone", () => {
    const navigation = new Navigation();
    navigation.open("form", "a");
    navigation.go("drafts");
    navigation.forget("a");
    navigation.back();
    expect(navigation.place).toEqual({ view: FIRST_VIEW });
  });

  it("begins at another view only while nobody went anywhere", () => {
    const navigation = new Navigation();
    navigation.begin("drafts");
    expect(navigation.place).toEqual({ view: "drafts" });
    expect(navigation.arrivals).toBe(0);
    expect(navigation.canGoBack).toBe(false);
    navigation.go("settings");
    navigation.begin("active");
    expect(navigation.place).toEqual({ view: "settings" });
  });
});
