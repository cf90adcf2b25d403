// What is left in memory once Satchel is locked: neither a key nor anything that was typed, in no process. And what a crash leaves.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

import { journey } from "./desk.mjs";
import { answer, goToSection, isSaved, reveal, startOrder, tabTo } from "./form.mjs";
import { formsOfKey, formsOfText, keysOf, searchMemory } from "./memory.mjs";
import { isAlive } from "./processes.mjs";
import { until } from "./webdriver.mjs";

const PASSPHRASE_BYTES = 12;

/** The fields that are typed into, in their order. */
const FIELDS = [
  { section: 1, path: "customer.person" },
  { section: 4, path: "subject.record_number", isMasked: true },
  { section: 9, path: "instructions.provider" },
];

journey("keeps neither a key nor what was typed in memory once it is locked", async (desk, context) => {
  const texts = FIELDS.map((field) => ({ ...field, text: makeText() }));
  await desk.start();
  await startOrder(desk);
  for (const { section, path, text, isMasked } of texts) {
    await goToSection(desk, section);
    await answer(desk, path, { text });
    await isSaved(desk);
    if (!isMasked) continue;
    await desk.press("Tab");
    assert.equal(await reveal(desk, path), text);
  }
  const { slotKey, vaultKey } = keysOf(desk.vault, desk.keyringEntry());
  const needles = new Map([
    ...formsOfKey("slot key", slotKey),
    ...formsOfKey("vault key", vaultKey),
    ...texts.flatMap(({ path, text }) => formsOfText(path, text)),
  ]);
  const open = searchAll(desk, needles);
  tell(context, "open", open);
  assert.ok(open.app["vault key: raw"].length > 0, "the reader finds a key where there is one");
  for (const { path } of texts) {
    const inWebView = open.web.flatMap(({ found }) => [found[`${path}: UTF-8`], found[`${path}: UTF-16`]]);
    assert.ok(inWebView.flat().length > 0, `the reader finds ${path} where it is shown`);
  }
  assert.ok(
    texts.some(({ path }) => ours(open.app[`${path}: UTF-8`]).length > 0),
    "and in what Satchel itself allocates",
  );

  const before = desk.webPids().map(({ pid }) => pid);
  await desk.lock();
  const locked = searchAll(desk, needles);
  tell(context, "locked", locked);
  assertForgotten(locked);
  const page = locked.web.find(({ program }) => program === "WebKitWebProcess");
  assert.ok(page && !before.includes(page.pid), "the page is in a new process");

  await desk.press("Enter");
  await until("the vault to be open", () => desk.page.run(() => /Drafts\s*1/.test(document.body.innerText)));
  const again = searchMemory(desk.appPid(), needles);
  assert.ok(again["vault key: raw"].length > 0, "the keys are back");
});

journey(
  "keeps no passphrase and no recovery words in memory once it is locked",
  async (desk, context) => {
    const passphrase = randomBytes(PASSPHRASE_BYTES).toString("hex");
    await desk.start();
    await desk.find("heading", "Choose a passphrase");
    await desk.page.type(passphrase);
    await tabToId(desk, "first-again");
    await desk.page.type(passphrase);
    await desk.press("Enter");
    await desk.find("heading", "Recovery kit");
    const words = await until("the words", () => wordsOfKit(desk));
    const needles = new Map([
      ...formsOfText("passphrase", passphrase),
      ...[" ", '","'].map((between) => [`words: ${between}`, Buffer.from(words.slice(0, 4).join(between))]),
    ]);
    const open = searchAll(desk, needles);
    tell(context, "open", open);
    assert.ok(open.web.flatMap(({ found }) => placesIn(found)).length > 0, "the reader finds what is shown");

    await desk.press("Escape");
    await until("the first view", () => desk.page.run(() => document.querySelector("nav") !== null));
    await desk.lock();
    const locked = searchAll(desk, needles);
    tell(context, "locked", locked);
    assertForgotten(locked);

    await desk.page.type(passphrase);
    await desk.press("Enter");
    await until("the vault to be open", () => desk.page.run(() => document.querySelector("nav") !== null));
    await desk.lock();
    assertForgotten(searchAll(desk, needles));
  },
  { keyring: "none" },
);

journey(
  "leaves no core file when it crashes, and lets no other program of its user read its memory",
  async (desk, context) => {
    const cores = () => readdirSync(desk.root).filter((name) => name.startsWith("core"));
    spawnSync("sh", ["-c", "ulimit -c unlimited; kill -ABRT $$"], { cwd: desk.root });
    const leftByAnother = cores();
    if (leftByAnother.length === 0)
      context.diagnostic("crashes leave no file here; only the limits are looked at");
    for (const name of leftByAnother) rmSync(join(desk.root, name));

    await desk.start();
    const app = desk.appPid();
    const page = desk.webPids().find(({ program }) => program === "WebKitWebProcess").pid;
    for (const pid of [app, page]) {
      const limits = readFileSync(`/proc/${pid}/limits`, "utf8");
      assert.match(limits, /^Max core file size +1 +1 +bytes/m, `the limits of ${pid}`);
    }
    assert.equal(isReadByOthers(page), true, "the reader reads what is not kept from it");
    assert.equal(isReadByOthers(app), false);

    for (const [pid, what] of [
      [page, "the page's process"],
      [app, "Satchel"],
    ]) {
      // Of SIGSEGV the page makes use itself.
      process.kill(pid, "SIGABRT");
      await until(`${what} to crash`, () => !isAlive(pid));
      assert.deepEqual(cores(), [], `what ${what} leaves`);
    }
  },
  { withCores: true },
);

/** Tells whether a process of the same user that may not trace any other is let at the memory. */
function isReadByOthers(pid) {
  const ordinary = process.getuid() === 0 ? ["setpriv", "--bounding-set=-sys_ptrace"] : ["env"];
  const [program, ...args] = [...ordinary, "dd", `if=/proc/${pid}/mem`, "of=/dev/null", "count=0"];
  return spawnSync(program, args).status === 0;
}

/** A text that is nowhere else. */
function makeText() {
  return `Quill ${randomBytes(12).toString("hex")}`;
}

function searchAll(desk, needles) {
  const app = searchMemory(desk.appPid(), needles);
  const web = desk.webPids().map(({ pid, program }) => ({ pid, program, found: searchMemory(pid, needles) }));
  return { app, web };
}

/** Nothing that is looked for is in any process. */
function assertForgotten({ app, web }) {
  for (const { program, found } of [{ program: "Satchel", found: app }, ...web]) {
    assert.deepEqual(placesIn(found), [], program);
  }
}

/** What is in the heap that Satchel's own code allocates from. */
function ours(places) {
  return places.filter(({ isMalloc }) => isMalloc);
}

function placesIn(found) {
  return Object.entries(found).flatMap(([needle, places]) => places.map(() => needle));
}

/** Says how often what was found where. */
function tell(context, when, { app, web }) {
  const counted = (found) => {
    const counts = Object.entries(found).filter(([, places]) => places.length > 0);
    return counts
      .map(([needle, places]) => `${needle} ${places.length} (${ours(places).length} in malloc)`)
      .join(", ");
  };
  context.diagnostic(`${when}, Satchel: ${counted(app) || "nothing"}`);
  for (const { program, found } of web) {
    context.diagnostic(`${when}, ${program}: ${counted(found) || "nothing"}`);
  }
}

async function tabToId(desk, id) {
  for (let stop = 0; stop < 40; stop++) {
    if ((await desk.page.run(() => document.activeElement?.id)) === id) return;
    await desk.press("Tab");
  }
  throw new Error(`Tab does not reach ${id}`);
}

const wordsOfKit = (desk) =>
  desk.page.run(() => {
    const words = [...document.querySelectorAll("ol.words li")].map((item) =>
      item.lastChild.textContent.trim(),
    );
    return words.length === 12 ? words : null;
  });
