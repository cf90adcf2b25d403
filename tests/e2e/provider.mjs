// A provider on a desk: the practice provider, where the practice build of Satchel looks for it.

import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { isAlive } from "./processes.mjs";
import { until } from "./webdriver.mjs";

/** A provider that may come and go; what it keeps outlives it. */
export class Provider {
  /** What it keeps, the blobs included. */
  folder;
  #desk;
  #process;

  constructor(desk) {
    this.#desk = desk;
    this.folder = join(desk.vault, "..", "provider");
  }

  async start() {
    this.#process = this.#desk.beside(program(), ["serve", "--folder", this.folder]);
    await until("the provider to answer", async () => (await fetch(this.address())).status > 0);
  }

  /** Where it answers. */
  address() {
    return JSON.parse(readFileSync(join(this.folder, "practice.json"), "utf8")).server;
  }

  /** Ends it by SIGKILL, in the middle of whatever it does. */
  async kill() {
    const { pid } = this.#process;
    process.kill(pid, "SIGKILL");
    await until("the provider to end", () => !isAlive(pid));
  }

  /** The requests that it answered, in their order. */
  requests() {
    const file = join(this.folder, "requests.jsonl");
    if (!existsSync(file)) return [];
    const lines = readFileSync(file, "utf8").split("\n").slice(0, -1);
    return lines.map((line) => JSON.parse(line));
  }

  /** The blocks that it stored, as `blob number`, in the order in which they came. */
  blocks() {
    const puts = this.requests().filter(({ block, status }) => block !== null && status === 201);
    return puts.map(({ route, block }) => `${route.split("/orders/")[1]} ${block}`);
  }

  /** Works the orders as one of its operators, and returns what the program printed. */
  intake(...args) {
    const done = spawnSync(program(), ["intake", "--folder", this.folder, ...args], { encoding: "utf8" });
    if (done.status !== 0) throw new Error(`intake ${args[0]}: ${done.stderr}`);
    return done.stdout;
  }
}

function program() {
  const path = process.env.SATCHEL_PRACTICE;
  if (!path) throw new Error("SATCHEL_PRACTICE is not set; run `cargo xtask test --only window`");
  return path;
}
