/** The icons that Icon.svelte draws. */
export type IconName =
  | "lock"
  | "cross-in-circle"
  | "magnifier"
  | "printer"
  | "triangle"
  | "info"
  | "plus"
  | "copy"
  | "bin"
  | "leave";
