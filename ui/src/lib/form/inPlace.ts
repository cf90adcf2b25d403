import { flushSync } from "svelte";

/** Changes what stands in a scrolling box without moving an element in it from its place on the screen. */
export function keepInPlace(scroller: Element | null, element: Element | null, change: () => void): void {
  const before = element?.getBoundingClientRect().top;
  flushSync(change);
  if (!scroller || !element || before === undefined) return;
  if (!element.isConnected || !scroller.contains(element)) return;
  scroller.scrollTop += element.getBoundingClientRect().top - before;
}
