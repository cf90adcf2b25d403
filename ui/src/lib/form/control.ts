/** What the control of a field gets from it. */
export type ControlProps = {
  id: string;
  isRequired: boolean;
  isWrong: boolean;
  describedBy: string | undefined;
};

/** What an input event of a text control says: the text, and whether characters are being composed. */
export type Input = { text: string; isComposing: boolean };

export function inputOf(event: Event & { currentTarget: HTMLInputElement | HTMLTextAreaElement }): Input {
  return { text: event.currentTarget.value, isComposing: event instanceof InputEvent && event.isComposing };
}

/** Puts a caret that is so far from the end of a text. */
export function caretFromEnd(control: HTMLInputElement | HTMLTextAreaElement, fromEnd: number): void {
  const at = Math.max(control.value.length - fromEnd, 0);
  control.setSelectionRange(at, at);
}
