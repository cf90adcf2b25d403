/** Shows a dialog with the focus on its first button, the safe choice, and gives the focus back when it goes. */
export function asks(dialog: HTMLDialogElement): () => void {
  const before = document.activeElement;
  dialog.showModal();
  dialog.querySelector("button")?.focus();
  return () => {
    if (before instanceof HTMLElement) before.focus();
  };
}
