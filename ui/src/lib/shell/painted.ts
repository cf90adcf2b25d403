/** Calls back once the browser has painted what stands in the document now. */
export function afterPaint(then: () => void): void {
  // The first frame callback runs before the paint, the second after it.
  requestAnimationFrame(() => requestAnimationFrame(then));
}
