/** Shows a dialog with the focus on its first field, or on its first button, the safe choice, and gives the focus back when it goes. */
export function asks(dialog: HTMLDialogElement): () => void {
  const before = document.activeElement;
  dialog.showModal();
  (dialog.querySelector<HTMLElement>("input, select, textarea") ?? dialog.querySelector("button"))?.focus();
  return () => {
    if (before instanceof HTMLElement) before.focus();
  };
}

/** Scrolls a form that was just opened into view, so that more of it is seen than the field with the focus. */
export function comesIntoView(form: HTMLFormElement): void {
  requestAnimationFrame(() => {
    form.scrollIntoView({ block: "nearest" });
  });
}
