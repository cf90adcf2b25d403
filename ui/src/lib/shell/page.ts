/** Loads the document anew: nothing that it showed or knew is left. */
export function reload(): void {
  location.reload();
}
