import { render } from "@testing-library/svelte";
import { describe, expect, it } from "vitest";

import type { OrderStateView } from "../bindings/OrderStateView";
import { needsYou, STATE_CHIPS } from "./chips";
import StateChip from "./StateChip.svelte";

const states = Object.keys(STATE_CHIPS) as OrderStateView[];

describe("the chip of a state", () => {
  it("has a drawing and words of its own, legible without its colour", () => {
    const drawn = states.map((state) => {
      const { container } = render(StateChip, { chip: STATE_CHIPS[state] });
      return container
        .querySelector("svg")
        ?.innerHTML.replace(/<!--.*?-->/g, "")
        .trim();
    });
    expect(drawn.every(Boolean)).toBe(true);
    expect(new Set(drawn).size).toBe(states.length);
    expect(new Set(states.map((state) => STATE_CHIPS[state].says)).size).toBe(states.length);
  });

  it("is filled only where somebody has to do something, and these come first", () => {
    const filled: OrderStateView[] = ["rejected", "needs-information", "payment-held", "awaiting-payment"];
    expect(states.filter(needsYou)).toEqual(filled);
    expect(states.slice(0, 4)).toEqual(filled);
  });
});
