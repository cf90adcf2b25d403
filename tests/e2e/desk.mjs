// One desk: folders of its own, a session bus of its own, and Satchel's window on it, driven by WebDriver.
//
// A journey may start, stop, kill and start Satchel again; the folders and the bus stay until the journey is over.

import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { test } from "node:test";

import { putOpener } from "./browser.mjs";
import { Bus } from "./bus.mjs";
import { freePort } from "./ports.mjs";
import { end, environmentOf, executableOf, isAlive, killIfAlive, processesWith } from "./processes.mjs";
import { Session, until } from "./webdriver.mjs";

/** How long a journey may take that says nothing else. */
const JOURNEY_MS_MAX = 90_000;
const FOLDERS = [
  "HOME",
  "XDG_DATA_HOME",
  "XDG_CONFIG_HOME",
  "XDG_CACHE_HOME",
  "XDG_STATE_HOME",
  "XDG_RUNTIME_DIR",
  "TMPDIR",
];
/** What a program on the desk inherits from the one who runs the tests, and nothing else. */
const INHERITED = ["PATH", "DISPLAY", "XAUTHORITY", "GDK_BACKEND", "LIBGL_ALWAYS_SOFTWARE"];

/** What lets root read and write what its owner may not, and the memory of any process. */
const OVER_OTHERS = "-dac_override,-dac_read_search,-sys_ptrace";

/** Which elements can have a role; the driver then says which of them do. */
const MAY_BE = {
  button: "button, [role=button]",
  combobox: "[role=combobox]",
  contentinfo: "footer, [role=contentinfo]",
  heading: "h1, h2, h3, [role=heading]",
  link: "a[href], [role=link]",
  main: "main, [role=main]",
  navigation: "nav, [role=navigation]",
  region: "section, [role=region]",
  select: "select",
  textbox: "input, textarea, [role=textbox]",
};
/** WebKit calls a closed select a button, which is what assistive technology on Linux is told. */
const COMPUTED = { select: "button" };

/** Runs a journey at a desk of its own. The desk is cleared whatever happens; a failure leaves a picture. */
export function journey(
  name,
  walk,
  { keyring = "unlocked", withFilesLimited = false, withCores = false, withinMs = JOURNEY_MS_MAX } = {},
) {
  test(name, async (context) => {
    const desk = new Desk({ keyring, withFilesLimited, withCores });
    let bound;
    const tooLong = new Promise((_, reject) => {
      bound = setTimeout(() => reject(new Error(`the journey took over ${withinMs} ms`)), withinMs);
    });
    try {
      await Promise.race([walk(desk, context), tooLong]);
    } catch (error) {
      await desk.screenshot(`failed ${name}`).catch(() => undefined);
      throw new Error(`${name}\n${desk.said}`, { cause: error });
    } finally {
      clearTimeout(bound);
      await desk.clear();
    }
  });
}

/** Returns the value of a variable that `cargo xtask test --only window` sets. */
function setting(name) {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set; run \`cargo xtask test --only window\``);
  return value;
}

export class Desk {
  /** The folder that holds all others; nothing on this desk may write elsewhere. */
  root = mkdtempSync(join(tmpdir(), "satchel-desk-"));
  /** A folder beside the desk for the files that are attached: what is in them is plain. */
  papers = mkdtempSync(join(tmpdir(), "satchel-papers-"));
  /** Disks that journeys mounted within the desk. */
  #disks = [];
  /** What Satchel and the driver wrote to their standard output and error. */
  said = "";
  #environment;
  #runs = 0;
  #session;
  #bus;
  #withFilesLimited;
  #withCores;

  constructor({ keyring, withFilesLimited, withCores }) {
    this.#withFilesLimited = withFilesLimited;
    this.#withCores = withCores;
    const inherited = INHERITED.map((name) => [name, process.env[name]]).filter(
      ([, value]) => value !== undefined,
    );
    const folders = FOLDERS.map((name) => [name, this.folder(name)]);
    for (const [, folder] of folders) mkdirSync(folder, { mode: 0o700 });
    putOpener(this.programs);
    this.#environment = { ...Object.fromEntries([...inherited, ...folders]), LANG: "C.UTF-8" };
    this.#environment.PATH = `${this.programs}:${this.#environment.PATH}`;
    this.#bus = new Bus(keyring, this.#environment, (...args) => this.#spawn(...args));
    desks.add(this);
  }

  /** Returns the folder that programs on this desk know by that variable. */
  folder(variable) {
    if (!FOLDERS.includes(variable)) throw new Error(`no folder is called ${variable}`);
    return join(this.root, variable);
  }

  /** The folder of the programs that stand before those of the system. */
  get programs() {
    return join(this.papers, "programs");
  }

  /** Opens Satchel and waits until its first view is on the screen. */
  async start() {
    if (this.#session) throw new Error("Satchel runs already");
    if (!this.#bus.isThere) await this.#bus.start();
    this.#runs += 1;
    this.#session = await this.#open(this.#run);
  }

  /** Opens Satchel a second time, on the same folders, and returns the session with that window. */
  startAnother() {
    return this.#open(`${this.root}/another/`);
  }

  async #open(mark) {
    const saidBefore = this.said.length;
    const base = await this.#driver(mark);
    const session = await Session.open(base, {
      "webkitgtk:browserOptions": { binary: "/usr/bin/env", args: this.#launch() },
    });
    await this.#firstView(saidBefore);
    return session;
  }

  /** Starts a driver, of Satchel's window that is there already where its address is given; returns where it is asked. */
  async #driver(mark, target) {
    const port = await freePort();
    const args = [`--port=${port}`, ...(target === undefined ? [] : [`--target=${target}`])];
    this.#spawn("WebKitWebDriver", args, { env: { SATCHEL_E2E_RUN: mark } });
    const base = `http://127.0.0.1:${port}`;
    await until("the driver", () => Session.isReady(base));
    return base;
  }

  /** Waits for what a practice build says when its first view is on the screen. */
  #firstView(saidBefore) {
    return until("the first view", () =>
      /The window is ready after \d+ ms/.test(this.said.slice(saidBefore)),
    );
  }

  /**
   * Locks by what `locks` does, and drives the window on. Its page gets a process of its own then; the driver mostly takes the
   * end of the old one for a crash and gives its session up, so another driver joins.
   */
  lock(locks = () => this.press("Control+l")) {
    return this.#drivesOn(locks, "Satchel is locked");
  }

  /** Lets the page's process end by itself, and drives the page on that comes in its place, with that heading. */
  crashPage(heading) {
    const page = this.webPids().find(({ program }) => program === "WebKitWebProcess");
    // Of SIGSEGV the page makes use itself.
    return this.#drivesOn(() => process.kill(page.pid, "SIGABRT"), heading);
  }

  async #drivesOn(does, heading) {
    const saidBefore = this.said.length;
    const target = environmentOf(this.appPid()).WEBKIT_INSPECTOR_SERVER;
    // The answer to the last key may be lost with the page.
    await Promise.resolve(does()).catch(() => undefined);
    await this.#firstView(saidBefore);
    await until(`the window with ${heading}`, async () => {
      try {
        return (await this.#all("heading", heading)).length === 1;
      } catch (error) {
        if (!/invalid session id/.test(error.message)) throw error;
        this.#session = await Session.open(await this.#driver(this.#run, target), {});
        return false;
      }
    });
  }

  /**
   * What env starts; each becomes the next, so that no process stands between. LD_PRELOAD is handed to Satchel only. Where
   * root runs the tests, Satchel has no more rights over files and processes than others. A process that may not write on is ended by its
   * system unless it ignores the signal, as it would not be on a full disk. Where cores are asked for, all but Satchel itself
   * would have it leave one.
   */
  #launch() {
    const ordinary = process.getuid?.() === 0 ? ["setpriv", `--bounding-set=${OVER_OTHERS}`, "env"] : [];
    const dumping = this.#withCores ? ["prlimit", "--core=unlimited", "env"] : [];
    const ignoring = this.#withFilesLimited ? ["--ignore-signal=XFSZ"] : [];
    return [
      ...ordinary,
      ...dumping,
      ...ignoring,
      `LD_PRELOAD=${setting("SATCHEL_AUTOMATION")}`,
      setting("SATCHEL_APP"),
    ];
  }

  /** Starts another program on this desk, which ends with it. */
  beside(program, args) {
    return this.#spawn(program, args, { quiet: true });
  }

  /** Closes the window as its user does, and waits until Satchel is gone. */
  async stop() {
    const pid = this.appPid();
    await this.page.closeWindow();
    await until("Satchel to end after its window was closed", () => !isAlive(pid));
    await this.#endRun();
    if (/panicked at/.test(this.said)) throw new Error("Satchel panicked");
  }

  /** Ends Satchel by SIGKILL: it gets no chance to do anything more. */
  async kill() {
    process.kill(this.appPid(), "SIGKILL");
    await this.#endRun();
  }

  /** The session with the window. */
  get page() {
    if (!this.#session) throw new Error("Satchel does not run");
    return this.#session;
  }

  /** Returns the process id of Satchel itself. */
  appPid() {
    const app = realpathSync(setting("SATCHEL_APP"));
    const pids = processesWith(this.#run).filter((pid) => executableOf(pid) === app);
    if (pids.length !== 1) throw new Error(`${pids.length} processes of this desk are Satchel`);
    return pids[0];
  }

  /** Returns the process ids of the web view's own processes, by the name of their program. */
  webPids() {
    return processesWith(this.#run)
      .map((pid) => ({ pid, program: basename(executableOf(pid) ?? "") }))
      .filter(({ program }) => /^WebKit(Web|Network|GPU)Process$/.test(program));
  }

  /** Returns what the keyring holds for the vault: its slot key, and how often it was opened. */
  keyringEntry() {
    const asked = spawnSync(
      setting("SATCHEL_KEYRING_ENTRY"),
      [basename(join(this.vault, "..")), this.vault],
      {
        env: this.#environment,
        encoding: "utf8",
      },
    );
    if (asked.status !== 0) throw new Error(`the keyring's entry: ${asked.stderr}`);
    return Buffer.from(asked.stdout.trim(), "hex");
  }

  /** The folder of the vault. */
  get vault() {
    return join(this.folder("XDG_DATA_HOME"), "org.example.satchel.practice", "vault");
  }

  /** Starts the desktop's keyring late, unlocked as a login unlocks it. */
  unlockKeyring() {
    return this.#bus.unlockKeyring();
  }

  /** Sends a signal on the session bus. */
  signal(path, name, value) {
    const sent = spawnSync("dbus-send", ["--session", "--type=signal", path, name, value], {
      env: this.#environment,
    });
    if (sent.status !== 0) throw new Error(`dbus-send: ${sent.stderr}`);
  }

  /** Says what the picker answers when it is asked next. */
  picks(...paths) {
    writeFileSync(join(this.vault, "..", "picked"), paths.join("\n"));
  }

  /**
   * Gives Satchel a disk of its own, of so many bytes, before it is started. False where that is not allowed: mounting takes
   * root, and a loop device.
   */
  mountDisk(bytes) {
    const folder = join(this.vault, "..");
    const image = join(this.papers, "disk.img");
    mkdirSync(folder, { mode: 0o700, recursive: true });
    writeFileSync(image, "");
    truncateSync(image, bytes);
    const made = [
      ["mkfs.ext4", "-q", "-F", "-m", "0", image],
      ["mount", "-o", "loop", image, folder],
    ].every(([program, ...args]) => spawnSync(program, args).status === 0);
    if (made) this.#disks.push(folder);
    return made;
  }

  /** Takes the disks away, also from a process that is just ending. */
  #unmount() {
    for (const folder of this.#disks.splice(0)) spawnSync("umount", ["--lazy", folder]);
  }

  /** Lets Satchel write no file beyond so many bytes, as if the disk were full; without a number, as far as it wants. */
  limitFiles(bytes = "unlimited") {
    if (!this.#withFilesLimited) throw new Error("the journey did not say that it limits files");
    const limited = spawnSync("prlimit", [`--pid=${this.appPid()}`, `--fsize=${bytes}:unlimited`], {
      encoding: "utf8",
    });
    if (limited.status !== 0) throw new Error(`prlimit: ${limited.stderr}`);
  }

  /** Waits for the one element with that role and name; the name is a text, a RegExp, or left out. */
  async find(role, name, inside) {
    const sought = name === undefined ? role : `${role} ${name}`;
    return until(sought, async () => {
      const found = await this.#all(role, name, inside);
      if (found.length > 1) throw new Error(`${found.length} elements are ${sought}`);
      return found[0];
    });
  }

  /** Clicks an element; where two have the name, `inside` says in which landmark. */
  async click(role, name, inside) {
    await (await this.find(role, name, inside)).click();
  }

  /** Returns the visible text of an element. */
  async read(role, name) {
    return (await this.find(role, name)).text();
  }

  /** Waits until the element has that text. */
  async reads(role, text, name) {
    let seen;
    await until(
      `${role} to read ${JSON.stringify(text)}`,
      async () => (seen = await this.read(role, name)) === text,
    ).catch((error) => {
      throw new Error(`${error.message}; it reads ${JSON.stringify(seen)}`);
    });
  }

  press(...strokes) {
    return this.page.press(...strokes);
  }

  /** Types into the element with that role and name. */
  async type(role, name, text) {
    await this.click(role, name);
    await this.page.type(text);
  }

  /** Writes a picture of the window into the folder of screenshots, and returns its bytes. */
  async screenshot(name) {
    const folder = setting("SATCHEL_SCREENSHOTS");
    const png = await this.page.screenshot();
    mkdirSync(folder, { recursive: true });
    await writeFile(join(folder, `${name.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-")}.png`), png);
    return png;
  }

  /** Ends everything that runs on this desk and removes its folders. */
  async clear() {
    await end(this.root);
    this.#unmount();
    desks.delete(this);
    for (const folder of [this.root, this.papers]) rmSync(folder, { recursive: true, force: true });
  }

  /** Does the same in the last moment of a process, when nothing can be awaited. */
  clearAtOnce() {
    for (const pid of processesWith(this.root)) killIfAlive(pid);
    this.#unmount();
    for (const folder of [this.root, this.papers])
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }

  /** Marks the processes of one run of Satchel, and no others of this desk. */
  get #run() {
    return `${this.root}/run/${this.#runs}/`;
  }

  /** Lets Satchel's other processes write what they still hold and end by themselves; then ends the driver. */
  async #endRun() {
    this.#session = undefined;
    await until("the web view's processes to end", () => processesWith(this.#run).every(isDriver));
    await end(this.#run);
  }

  async #all(role, name, inside) {
    const found = [];
    for (const element of await this.page.elements(
      inside ? `:is(${mayBe(inside)}) :is(${mayBe(role)})` : mayBe(role),
    )) {
      if ((await element.role()) !== (COMPUTED[role] ?? role)) continue;
      if (name === undefined || matches(await element.name(), name)) found.push(element);
    }
    return found;
  }

  #spawn(program, args, { env = {}, quiet = false, input } = {}) {
    const output = quiet ? "ignore" : "pipe";
    const child = spawn(program, args, {
      cwd: this.root,
      env: { ...this.#environment, ...env },
      stdio: [input === undefined ? "ignore" : "pipe", output, output],
    });
    if (input !== undefined) child.stdin.end(input);
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding("utf8").on("data", (text) => (this.said += text));
    child.on("error", (error) => (this.said += `${program}: ${error.message}\n`));
    return child;
  }
}

const desks = new Set();
process.on("exit", () => {
  for (const desk of desks) desk.clearAtOnce();
});
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => process.exit(1));

function mayBe(role) {
  const selector = MAY_BE[role];
  if (!selector) throw new Error(`the harness does not know where to look for a ${role}`);
  return selector;
}

function matches(text, wanted) {
  return wanted instanceof RegExp ? wanted.test(text) : text === wanted;
}

function isDriver(pid) {
  return executableOf(pid)?.endsWith("/WebKitWebDriver") ?? true;
}
