/** The icons that Icon.svelte draws. */
export type IconName =
  "lock" | "cross-in-circle" | "magnifier" | "triangle" | "printer" | "info" | "plus" | "copy" | "bin";
