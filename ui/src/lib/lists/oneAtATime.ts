/**
 * Does work again and again, but never twice at once: who asks while it is done has it done once more. The work is told how to find
 * out that it was asked again, since what it brings is then of no use.
 */
export function oneAtATime(work: (isOutdated: () => boolean) => Promise<void>): () => Promise<void> {
  let isAsked = false;
  let running: Promise<void> | null = null;

  async function run() {
    try {
      while (isAsked) {
        isAsked = false;
        await work(() => isAsked);
      }
    } finally {
      running = null;
    }
  }

  return () => {
    isAsked = true;
    running ??= run();
    return running;
  };
}
