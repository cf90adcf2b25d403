// The browser of a desk. Satchel asks its system for one, and what answers is an `xdg-open` that notes the address; a journey
// then sends headless Chromium there, as the system would.

import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { freePort } from "./ports.mjs";
import { Session, until } from "./webdriver.mjs";

/** Nothing but what a page needs: it asks nobody on the network for anything. */
const ARGUMENTS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Puts an `xdg-open` into the folder that only notes what it is asked to open. */
export function putOpener(folder) {
  mkdirSync(folder, { mode: 0o700 });
  const opener = join(folder, "xdg-open");
  writeFileSync(opener, '#!/bin/sh\nprintf "%s\\n" "$1" >> "${0%/*}/opened"\n');
  chmodSync(opener, 0o700);
}

export class Browser {
  #desk;
  #page;

  constructor(desk) {
    this.#desk = desk;
  }

  /** The addresses that Satchel asked to open, in their order. */
  opened() {
    const file = join(this.#desk.programs, "opened");
    return existsSync(file) ? readFileSync(file, "utf8").split("\n").slice(0, -1) : [];
  }

  /** Shows a page. */
  async visit(url) {
    this.#page ??= await this.#start();
    await this.#page.go(url);
  }

  /** Returns the words of the page. */
  words() {
    return this.#page.run(() => document.body.innerText);
  }

  /** Clicks the button with that label, and waits for the page that follows to say that. */
  async choose(label, says) {
    const buttons = await this.#page.elements("button");
    const labels = await Promise.all(buttons.map((button) => button.text()));
    const button = buttons[labels.indexOf(label)];
    if (!button) throw new Error(`no button of the page is called ${label}; there are ${labels.join(", ")}`);
    await button.click();
    await until(`the page to say ${says}`, async () => (await this.words()).includes(says));
  }

  async #start() {
    const port = await freePort();
    this.#desk.beside("chromedriver", [`--port=${port}`]);
    const base = `http://127.0.0.1:${port}`;
    await until("the driver of the browser", () => Session.isReady(base));
    const profile = join(this.#desk.root, "browser");
    return Session.open(base, {
      browserName: "chrome",
      "goog:chromeOptions": {
        binary: "/usr/bin/chromium",
        args: [...ARGUMENTS, `--user-data-dir=${profile}`],
      },
    });
  }
}
