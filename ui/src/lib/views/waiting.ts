/** A wait shorter than this shows nothing: a flash of rules would look slower than a blank pane. */
export const WAIT_SHOWN_AFTER_MS = 300;
