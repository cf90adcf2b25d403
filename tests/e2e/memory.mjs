// What is in the memory of a process, and how to search it for keys and texts.

import { createDecipheriv } from "node:crypto";
import { closeSync, openSync, readFileSync, readSync } from "node:fs";
import { join } from "node:path";

/** So much is read at once. */
const CHUNK_BYTES = 16 * 1024 * 1024;
const PAGE_BYTES = 4096;
/** How large a heap of glibc's arenas may get, and at what multiples they lie. */
const HEAP_BYTES = 64 * 1024 * 1024;
/** So many characters at the end of a text are not looked for, so that a copy from before it was complete counts. */
const TYPED_LAST = 6;
/** Of an entry in /proc/PID/pagemap: whether the page is in memory or swapped out. */
const IS_THERE = 0xc0;

/**
 * Returns where each needle is in everything that a process can read and that is in memory, as `{needle: [{at, mapping,
 * isMalloc}]}`. The process is to rest meanwhile.
 */
export function searchMemory(pid, needles) {
  const found = Object.fromEntries([...needles.keys()].map((name) => [name, []]));
  const overlap = Math.max(...[...needles.values()].map(({ length }) => length)) - 1;
  const chunk = Buffer.alloc(CHUNK_BYTES + overlap);
  const memory = openSync(`/proc/${pid}/mem`, "r");
  const pages = openSync(`/proc/${pid}/pagemap`, "r");
  const mapped = mappings(pid);
  const placeOf = (at) => {
    const mapping = mapped.find(({ from, to }) => from <= at && at < to).name;
    return { at: at.toString(16), mapping, isMalloc: mapping === "[heap]" || isInArena(memory, mapped, at) };
  };
  try {
    for (const { from, to } of mapped) {
      for (const run of runsThatAreThere(pages, from, to)) {
        for (let at = run.from; at < run.to; at += CHUNK_BYTES) {
          const length = readAll(memory, chunk, at, Math.min(run.to, at + CHUNK_BYTES + overlap));
          const bytes = chunk.subarray(0, length);
          // What begins in the overlap is found with the next chunk.
          for (const [needle, content] of needles) {
            for (const place of placesOf(content, bytes)) {
              if (place < CHUNK_BYTES) found[needle].push(placeOf(at + place));
            }
          }
        }
      }
    }
  } finally {
    closeSync(memory);
    closeSync(pages);
  }
  return found;
}

/** Returns how a program may hold a key: as its bytes, as digits, and in base64 wherever a group of it may begin. */
export function formsOfKey(name, key) {
  const hex = key.toString("hex");
  const forms = [
    ["raw", key],
    ["hex", Buffer.from(hex)],
    ["hex, upper case", Buffer.from(hex.toUpperCase())],
  ];
  for (const skipped of [0, 1, 2]) {
    const whole = key.subarray(skipped, key.length - ((key.length - skipped) % 3));
    forms.push([`base64 from byte ${skipped}`, Buffer.from(whole.toString("base64"))]);
    forms.push([`base64url from byte ${skipped}`, Buffer.from(whole.toString("base64url"))]);
  }
  return forms.map(([form, bytes]) => [`${name}: ${form}`, bytes]);
}

/** Returns the slot key that an entry of the keyring holds, and the vault key that it unwraps (docs/FORMATS.md, "Key slots"). */
export function keysOf(vault, entry) {
  const slotKey = entry.subarray(1, 33);
  const file = JSON.parse(readFileSync(join(vault, "vault.keys"), "utf8").split("\n")[0]);
  const slot = file.slots.find(({ kind }) => kind === "keyring");
  const wrapped = Buffer.from(slot.wrapped, "base64url");
  const cipher = createDecipheriv("aes-256-gcm", slotKey, wrapped.subarray(0, 12));
  cipher.setAAD(Buffer.from(`satchel/1 slot\0${file.vault}\0${file.rotation}\0keyring`));
  cipher.setAuthTag(wrapped.subarray(-16));
  const vaultKey = Buffer.concat([cipher.update(wrapped.subarray(12, -16)), cipher.final()]);
  return { slotKey, vaultKey };
}

/** Returns how a text may be held: what begins it is enough, and in JSON it begins with a quote. */
export function formsOfText(name, text) {
  const begins = text.slice(0, -TYPED_LAST);
  return [
    [`${name}: UTF-8`, Buffer.from(begins)],
    [`${name}: UTF-16`, Buffer.from(begins, "utf16le")],
    [`${name}: JSON`, Buffer.from(`"${begins}`)],
    [`${name}: base64`, Buffer.from(Buffer.from(begins).toString("base64").slice(0, -4))],
  ];
}

/**
 * Tells whether an address is in an arena that glibc gave to a thread. Its heaps lie at multiples of their size, and begin with the
 * address of the arena, the heap before, and how much of it is in use.
 */
function isInArena(memory, mapped, at) {
  const begin = at - (at % HEAP_BYTES);
  if (!mapped.some(({ from, to }) => from <= begin && begin < to)) return false;
  const head = Buffer.alloc(32);
  if (readAll(memory, head, begin, begin + head.length) < head.length) return false;
  const [arena, , used, writable] = [0, 8, 16, 24].map((offset) => Number(head.readBigUInt64LE(offset)));
  const isArena = arena > begin ? arena < begin + 4 * PAGE_BYTES : arena > 0;
  return (
    isArena && used % PAGE_BYTES === 0 && used <= writable && at - begin < used && writable <= HEAP_BYTES
  );
}

function mappings(pid) {
  return readFileSync(`/proc/${pid}/maps`, "utf8")
    .split("\n")
    .map((line) => /^([0-9a-f]+)-([0-9a-f]+) (r\S+) \S+ \S+ \S+ *(.*)$/.exec(line))
    .filter((parts) => parts !== null && !parts[4].startsWith("[v"))
    .map(([, from, to, , name]) => ({
      from: parseInt(from, 16),
      to: parseInt(to, 16),
      name: name === "" ? "[anonymous]" : name,
    }));
}

/** Returns the stretches of a mapping whose pages are in memory or swapped out: all others hold nothing, and may be terabytes. */
function* runsThatAreThere(pages, from, to) {
  const entries = Buffer.alloc(8 * 65_536);
  let run = null;
  for (let page = from / PAGE_BYTES; page < to / PAGE_BYTES;) {
    const wanted = Math.min(entries.length, (to / PAGE_BYTES - page) * 8);
    const length = readSync(pages, entries, 0, wanted, page * 8);
    if (length === 0) break;
    for (let at = 0; at < length; at += 8, page += 1) {
      if ((entries[at + 7] & IS_THERE) !== 0) run ??= { from: page * PAGE_BYTES };
      else if (run) {
        yield { ...run, to: page * PAGE_BYTES };
        run = null;
      }
    }
  }
  if (run) yield { ...run, to };
}

/** Reads until the end or until nothing can be read; what a device holds cannot. */
function readAll(memory, buffer, from, to) {
  let length = 0;
  while (from + length < to) {
    try {
      const read = readSync(memory, buffer, length, to - from - length, from + length);
      if (read === 0) break;
      length += read;
    } catch (error) {
      if (["EIO", "EFAULT"].includes(error.code)) break;
      throw error;
    }
  }
  return length;
}

function* placesOf(needle, bytes) {
  for (let at = bytes.indexOf(needle); at !== -1; at = bytes.indexOf(needle, at + 1)) yield at;
}
