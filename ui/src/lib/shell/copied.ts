/** Marks what is sensitive: a field, or words that are shown. */
const SENSITIVE = "[data-sensitive]";

/** Tells whether something sensitive is copied or cut: where the caret is, or in the selection. */
export function isSensitiveCopy(event: ClipboardEvent): boolean {
  if (event.target instanceof Element && event.target.closest(SENSITIVE)) return true;
  const selection = document.getSelection();
  if (!selection || selection.isCollapsed) return false;
  const range = selection.getRangeAt(0);
  return [...document.querySelectorAll(SENSITIVE)].some((element) => range.intersectsNode(element));
}
