const PANE = "[data-pane]";

// Where focus lands in a pane: the current item of the rail, the heading of the work; else the pane itself.
const ENTRY = "[aria-current='page'], h1";

/** Moves focus to the next (1) or previous (-1) pane, around the end. */
export function focusPane(root: Document, step: 1 | -1): void {
  const panes = [...root.querySelectorAll<HTMLElement>(PANE)];
  // A pane may lie in another one: the docket is in the work.
  const here = panes.findLastIndex((pane) => pane.contains(root.activeElement));
  const from = here === -1 && step === -1 ? 0 : here;
  const next = panes.at((from + step) % panes.length);
  (next?.querySelector<HTMLElement>(ENTRY) ?? next)?.focus();
}

/** Takes the focus to the heading of the view. */
export function focusHeading(root: Document): void {
  root.querySelector<HTMLElement>("#main h1")?.focus();
}
