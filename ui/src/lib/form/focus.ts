const CONTROLS = "input, textarea, select";

/** Focuses a control, or in a group of them the chosen or the first one, and scrolls it to the middle. */
export function focusControl(named: HTMLElement | null): void {
  const control = named?.matches(`${CONTROLS}, button`)
    ? named
    : (named?.querySelector<HTMLElement>("input:checked") ?? named?.querySelector<HTMLElement>(CONTROLS));
  control?.scrollIntoView({ block: "center" });
  control?.focus({ preventScroll: true });
}

/** Focuses the first control of a box, or of the body of an open row. */
export function focusFirst(box: Element | null | undefined, within: "box" | "open-row"): void {
  const first = within === "box" ? `:is(${CONTROLS}, button)` : `.place.is-open .place-body :is(${CONTROLS})`;
  box?.querySelector<HTMLElement>(first)?.focus({ preventScroll: within === "box" });
}
