// Processes by a mark in their environment, which whatever they start inherits.

import { readdirSync, readFileSync, readlinkSync } from "node:fs";

import { until } from "./webdriver.mjs";

/** Ends all processes whose environment holds the mark, and waits until they are gone. */
export async function end(mark) {
  await until("the programs of the desk to end", () => {
    const left = processesWith(mark);
    for (const pid of left) killIfAlive(pid);
    return left.length === 0;
  });
}

/** Finds every process that has the mark in its environment: what the desk started, and what that started in turn. */
export function processesWith(mark) {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter(
      (pid) =>
        pid !== process.pid &&
        ofProcess(() => readFileSync(`/proc/${pid}/environ`, "latin1"))?.includes(mark),
    );
}

export function executableOf(pid) {
  return ofProcess(() => readlinkSync(`/proc/${pid}/exe`));
}

/** Returns the variables that a process was started with. */
export function environmentOf(pid) {
  const lines = readFileSync(`/proc/${pid}/environ`, "utf8").split("\0");
  return Object.fromEntries(lines.map((line) => line.split(/=(.*)/s).slice(0, 2)));
}

export function isAlive(pid) {
  return executableOf(pid) !== undefined;
}

/** Reads of a process, which may end meanwhile or be another user's: then there is nothing to read. */
function ofProcess(read) {
  try {
    return read();
  } catch (error) {
    if (["ENOENT", "ESRCH", "EACCES", "EPERM"].includes(error.code)) return undefined;
    throw error;
  }
}

export function killIfAlive(pid) {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if (error.code !== "ESRCH") throw error;
  }
}
