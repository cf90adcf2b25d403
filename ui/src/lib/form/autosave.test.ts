import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import type { Answer } from "../api";
import type { EntryView } from "../bindings/EntryView";
import type { SavedAnswer } from "../bindings/SavedAnswer";
import type { UiError } from "../bindings/UiError";
import { Autosave, RETRY_AFTER_MS, TYPING_MS_MAX, TYPING_PAUSE_MS, type Entered } from "./autosave";

const NOT_SAVED: UiError = { code: "not_saved", message: "The disk is full." };
const TOO_LONG: UiError = { code: "too_long", message: "This is too long." };
const ASSESSMENT = {
  hidden: [],
  required: [],
  problems: [],
  deadlines: [],
  folded: [],
  caption: {
    line: "",
    plaintiff: null,
    defendant: null,
    court: null,
    county: null,
    branch: null,
    number: null,
    notes: [],
  },
  quote: null,
};

const text = (words: string): EntryView => ({ is: "text", text: words });
const at = (path: string, words: string, order = "a"): Entered => ({ order, path, entry: text(words) });
const wordsOf = (entry: EntryView) => (entry.is === "text" ? entry.text : "?");

/** A disk whose saves end when the test says so. */
class Disk {
  readonly underWay: { says: string; end: (answer: Answer<SavedAnswer>) => void }[] = [];
  readonly begun: string[] = [];
  readonly heard: string[] = [];
  readonly queue = new Autosave(
    (_, path, entry) => {
      const says = `${path}=${wordsOf(entry)}`;
      this.begun.push(says);
      return new Promise((end) => this.underWay.push({ says, end }));
    },
    {
      saved: ({ path, entry }) => this.heard.push(`saved ${path}=${wordsOf(entry)}`),
      failed: ({ path }, { code }) => this.heard.push(`failed ${path} ${code}`),
      state: () => undefined,
    },
  );

  async end(error?: UiError): Promise<void> {
    const save = this.underWay.shift();
    if (!save) throw new Error("no save is under way");
    save.end(
      error
        ? { is: "failed", error }
        : { is: "done", value: { savedAtMs: 5, answer: null, notices: [], assessment: ASSESSMENT } },
    );
    await vi.advanceTimersByTimeAsync(0);
  }

  async endAll(): Promise<void> {
    while (this.underWay.length > 0) await this.end();
  }
}

let disk: Disk;
let queue: Autosave;
const wait = (ms: number) => vi.advanceTimersByTimeAsync(ms);

beforeEach(() => {
  vi.useFakeTimers();
  disk = new Disk();
  queue = disk.queue;
});
afterEach(() => {
  vi.useRealTimers();
});

describe("when it saves", () => {
  it("waits for a pause in typing, and not longer", async () => {
    queue.enter(at("s.a", "x"), "typing");
    await wait(TYPING_PAUSE_MS - 1);
    expect(disk.begun).toEqual([]);
    await wait(1);
    expect(disk.begun).toEqual(["s.a=x"]);
  });

  it("saves the last of what was typed within a pause", async () => {
    queue.enter(at("s.a", "x"), "typing");
    await wait(TYPING_PAUSE_MS - 1);
    queue.enter(at("s.a", "xy"), "typing");
    await wait(TYPING_PAUSE_MS - 1);
    expect(disk.begun).toEqual([]);
    await wait(1);
    expect(disk.begun).toEqual(["s.a=xy"]);
  });

  it("saves at least every second while typing goes on", async () => {
    for (let typed = 0; typed < 30; typed += 1) {
      queue.enter(at("s.a", String(typed)), "typing");
      await wait(100);
      if (disk.underWay.length > 0) await disk.end();
    }
    // 0 to 900 ms are typed when the first second is over.
    expect(disk.begun[0]).toBe("s.a=9");
    expect(disk.begun.length).toBeGreaterThanOrEqual(2);
    expect(TYPING_MS_MAX).toBe(1_000);
  });

  it("saves at once what is entered now, and all of it when flushed", async () => {
    queue.enter(at("s.a", "x"), "now");
    expect(disk.begun).toEqual(["s.a=x"]);
    queue.enter(at("s.b", "y"), "typing");
    queue.flush();
    await disk.endAll();
    expect(disk.begun).toEqual(["s.a=x", "s.b=y"]);
  });
});

describe("the order of saves", () => {
  it("keeps one save under way, and the order of the fields", async () => {
    queue.enter(at("s.a", "1"), "typing");
    queue.enter(at("s.b", "2"), "typing");
    queue.enter(at("s.c", "3"), "now");
    expect(disk.begun).toEqual(["s.a=1"]);
    await disk.end();
    expect(disk.begun).toEqual(["s.a=1", "s.b=2"]);
    await disk.endAll();
    expect(disk.heard).toEqual(["saved s.a=1", "saved s.b=2", "saved s.c=3"]);
  });

  it("lets newer text take the place of text that waits", async () => {
    queue.enter(at("s.a", "1"), "now");
    queue.enter(at("s.b", "2"), "typing");
    queue.enter(at("s.a", "1a"), "typing");
    queue.enter(at("s.a", "1ab"), "typing");
    queue.enter(at("s.b", "2b"), "now");
    await disk.end();
    await disk.end();
    await wait(TYPING_PAUSE_MS);
    expect(disk.begun).toEqual(["s.a=1", "s.b=2b", "s.a=1ab"]);
  });

  it("does not mix up orders", async () => {
    queue.enter(at("s.a", "1", "a"), "now");
    queue.enter(at("s.a", "2", "b"), "now");
    expect(queue.hasUnsaved("a")).toBe(true);
    expect(queue.hasUnsaved("b", "s")).toBe(true);
    expect(queue.hasUnsaved("b", "t")).toBe(false);
    await disk.endAll();
    expect(disk.begun).toEqual(["s.a=1", "s.a=2"]);
    expect(queue.hasUnsaved("b")).toBe(false);
  });
});

describe("what it says", () => {
  it("is saving from the keystroke on until the disk has it", async () => {
    expect(queue.state).toEqual({ is: "nothing" });
    queue.enter(at("s.a", "x"), "typing");
    expect(queue.state).toEqual({ is: "saving" });
    await wait(TYPING_PAUSE_MS);
    expect(queue.state).toEqual({ is: "saving" });
    await disk.end();
    expect(queue.state).toEqual({ is: "saved", atMs: 5 });
  });

  it("is saving while newer text waits", async () => {
    queue.enter(at("s.a", "x"), "now");
    queue.enter(at("s.a", "xy"), "typing");
    await disk.end();
    expect(queue.state).toEqual({ is: "saving" });
  });
});

describe("a save that fails", () => {
  it("is tried again by itself, with pauses that grow, until it is on disk", async () => {
    queue.enter(at("s.a", "x"), "now");
    for (const pause of [...RETRY_AFTER_MS, RETRY_AFTER_MS.at(-1) ?? 0]) {
      await disk.end(NOT_SAVED);
      expect(queue.state).toEqual({ is: "not-saved", error: NOT_SAVED, retries: "by-itself" });
      await wait(pause - 1);
      expect(disk.underWay).toHaveLength(0);
      await wait(1);
      expect(disk.underWay).toHaveLength(1);
      expect(queue.state.is).toBe("not-saved");
    }
    await disk.end();
    expect(disk.heard.at(-1)).toBe("saved s.a=x");
    expect(queue.state).toEqual({ is: "saved", atMs: 5 });
  });

  it("does not keep other fields from the disk", async () => {
    queue.enter(at("s.a", "x"), "now");
    queue.enter(at("s.b", "y"), "now");
    await disk.end(NOT_SAVED);
    await disk.end();
    expect(disk.heard).toEqual(["failed s.a not_saved", "saved s.b=y"]);
    expect(queue.state.is).toBe("not-saved");
  });

  it("is superseded by what was typed meanwhile, which waits as long", async () => {
    queue.enter(at("s.a", "x"), "now");
    queue.enter(at("s.a", "xy"), "typing");
    await disk.end(NOT_SAVED);
    queue.enter(at("s.a", "xyz"), "now");
    await wait(RETRY_AFTER_MS[0] - 1);
    expect(disk.begun).toEqual(["s.a=x"]);
    await wait(1);
    expect(disk.begun).toEqual(["s.a=x", "s.a=xyz"]);
    expect(queue.unsaved("a")).toEqual([at("s.a", "xyz")]);
  });

  it("is tried at once when that is asked for", async () => {
    queue.enter(at("s.a", "x"), "now");
    await disk.end(NOT_SAVED);
    queue.retry();
    expect(disk.begun).toEqual(["s.a=x", "s.a=x"]);
  });

  it("waits until it is changed where it would fail again, and is never dropped", async () => {
    queue.enter(at("s.a", "long"), "now");
    await disk.end(TOO_LONG);
    expect(queue.state).toEqual({ is: "not-saved", error: TOO_LONG, retries: "when-changed" });
    expect(queue.unsaved("a")).toEqual([at("s.a", "long")]);
    await wait(600_000);
    expect(disk.begun).toEqual(["s.a=long"]);
    queue.enter(at("s.a", "short"), "now");
    await disk.end();
    expect(disk.heard).toEqual(["failed s.a too_long", "saved s.a=short"]);
    expect(queue.state.is).toBe("saved");
  });
});

describe("settle", () => {
  it("answers when all is on disk", async () => {
    const settled = vi.fn();
    queue.enter(at("s.a", "x"), "typing");
    queue.enter(at("s.b", "y"), "typing");
    void queue.settle("a").then(settled);
    await disk.end();
    expect(settled).not.toHaveBeenCalled();
    await disk.end();
    expect(settled).toHaveBeenCalledWith(true);
  });

  it("waits for what is typed while it waits", async () => {
    const settled = vi.fn();
    queue.enter(at("s.a", "x"), "now");
    void queue.settle("a").then(settled);
    queue.enter(at("s.a", "xy"), "typing");
    await disk.end();
    expect(settled).not.toHaveBeenCalled();
    await disk.end();
    expect(settled).toHaveBeenCalledWith(true);
  });

  it("tries what failed once more, and says when it is not on disk", async () => {
    queue.enter(at("s.a", "x"), "now");
    await disk.end(NOT_SAVED);
    const settled = queue.settle("a");
    await disk.end(NOT_SAVED);
    expect(await settled).toBe(false);
    expect(
      await Promise.race([
        queue.settle("b"),
        wait(0)
          .then(() => disk.end(NOT_SAVED))
          .then(() => null),
      ]),
    ).not.toBe(false);
  });

  it("answers at once when there is nothing to save", async () => {
    expect(await queue.settle("a")).toBe(true);
  });
});

describe("a task of its own", () => {
  it("runs after what waits, and before what is entered later", async () => {
    const ran: string[] = [];
    queue.enter(at("s.a", "x"), "typing");
    let end: () => void = () => undefined;
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    const done = queue.alone(async () => {
      ran.push("begun");
      await ended;
      return 7;
    });
    expect(ran).toEqual([]);
    await disk.end();
    expect(ran).toEqual(["begun"]);
    queue.enter(at("s.b", "y"), "now");
    expect(disk.begun).toEqual(["s.a=x"]);
    end();
    expect(await done).toBe(7);
    await wait(0);
    expect(disk.begun).toEqual(["s.a=x", "s.b=y"]);
  });

  it("does not wait for what pauses, and a failed one stops nothing", async () => {
    queue.enter(at("s.a", "x"), "now");
    await disk.end(NOT_SAVED);
    await expect(queue.alone(() => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(await queue.alone(() => Promise.resolve(1))).toBe(1);
    await wait(RETRY_AFTER_MS[0]);
    expect(disk.underWay).toHaveLength(1);
  });
});

describe("forget", () => {
  it("drops what waits for one order only", async () => {
    queue.enter(at("s.a", "x", "a"), "typing");
    queue.enter(at("s.a", "y", "b"), "typing");
    queue.forget("a");
    await wait(TYPING_PAUSE_MS);
    await disk.endAll();
    expect(disk.begun).toEqual(["s.a=y"]);
  });
});
