import type { UiError } from "../bindings/UiError";
import type { Shell } from "../shell/shell.svelte";

type Part = Pick<Shell, "api" | "counts" | "navigation" | "saving" | "toasts">;

/** Puts the draft of an open form into the trash and goes to the drafts; answers why that failed. */
export async function discardOpen(shell: Part, order: string): Promise<UiError | null> {
  const { api, counts, navigation, saving, toasts } = shell;
  // What is brought back is what is on disk.
  await saving.settle(order);
  const answer = await saving.alone(() => api.discardDraft(order));
  if (answer.is === "failed") return answer.error;
  saving.forget(order);
  navigation.go("drafts");
  navigation.forget(order);
  void counts.reload();
  toasts.show({ says: "Draft discarded", undo: () => restore(shell, order) });
  return null;
}

async function restore({ api, counts, navigation, toasts }: Part, order: string): Promise<void> {
  const answer = await api.restoreDraft(order);
  void counts.reload();
  if (answer.is === "done") navigation.open("form", order);
  else toasts.show({ says: `The draft was not brought back. ${answer.error.message}` });
}
