// A small W3C WebDriver client over fetch: https://www.w3.org/TR/webdriver2/

import { setTimeout as after } from "node:timers/promises";

const ELEMENT = "element-6066-11e4-a52e-4f735466cecf";
const ANSWER_MS_MAX = 30_000;
const POLL_MS = 25;

/** The keys that have no character of their own, by their names in DOM `KeyboardEvent.key`. */
const KEYS = {
  Backspace: "\uE003",
  Tab: "\uE004",
  Enter: "\uE007",
  Shift: "\uE008",
  Control: "\uE009",
  Alt: "\uE00A",
  Escape: "\uE00C",
  Space: "\uE00D",
  PageUp: "\uE00E",
  PageDown: "\uE00F",
  End: "\uE010",
  Home: "\uE011",
  ArrowLeft: "\uE012",
  ArrowUp: "\uE013",
  ArrowRight: "\uE014",
  ArrowDown: "\uE015",
  Delete: "\uE017",
  F6: "\uE036",
  F8: "\uE038",
};
const MODIFIERS = new Set(["Shift", "Control", "Alt"]);

/** An error that the driver answered, with its W3C code such as `no such element`. */
export class WebDriverError extends Error {
  constructor(what, { error, message }) {
    super(`${what}: ${error}: ${message}`);
    this.code = error;
  }
}

/**
 * Asks until the answer is truthy, and returns it; a bound in time, never a sleep in the hope that it suffices.
 * What the last asking threw is the cause of the error.
 */
export async function until(what, ask, { withinMs = 10_000 } = {}) {
  const end = performance.now() + withinMs;
  let cause;
  do {
    try {
      const answer = await ask();
      if (answer) return answer;
      cause = undefined;
    } catch (error) {
      cause = error;
    }
    await after(POLL_MS);
  } while (performance.now() < end);
  throw new Error(`waited ${withinMs} ms in vain for ${what}`, { cause });
}

/** One session with one window. */
export class Session {
  #base;
  #path;

  constructor(base, id) {
    this.#base = base;
    this.#path = `/session/${id}`;
  }

  static async open(base, capabilities) {
    const answer = await call(base, "POST", "/session", { capabilities: { alwaysMatch: capabilities } });
    return new Session(base, answer.sessionId);
  }

  static isReady(base) {
    return call(base, "GET", "/status").then((status) => status.ready);
  }

  /** Asks the window to close, as its close button does. */
  closeWindow() {
    return this.#call("DELETE", "/window");
  }

  /** Shows the page at that address. */
  go(url) {
    return this.#call("POST", "/url", { url });
  }

  url() {
    return this.#call("GET", "/url");
  }

  title() {
    return this.#call("GET", "/title");
  }

  windows() {
    return this.#call("GET", "/window/handles");
  }

  /** Sets the outer size of the window, and returns the size that it got. */
  resize(width, height) {
    return this.#call("POST", "/window/rect", { width, height });
  }

  /** Returns the whole window as a PNG. */
  async screenshot() {
    return Buffer.from(await this.#call("GET", "/screenshot"), "base64");
  }

  /** Runs the function in the page and returns what it returns; arguments and answer pass as JSON. */
  run(inPage, ...args) {
    return this.#call("POST", "/execute/sync", {
      script: `return (${inPage})(...arguments)`,
      args: args.map(toWire),
    });
  }

  /** Runs the async function in the page and returns what its promise resolves to. */
  async runAsync(inPage, ...args) {
    const script = `const args = [...arguments];
      const done = args.pop();
      (${inPage})(...args).then((value) => done({ value }), (error) => done({ error: String(error) }));`;
    const { value, error } = await this.#call("POST", "/execute/async", { script, args: args.map(toWire) });
    if (error !== undefined) throw new Error(`in the page: ${error}`);
    return value;
  }

  /** Runs JavaScript text in the page. The driver evaluates it, so the page's own policy stays as it is. */
  runText(script) {
    return this.#call("POST", "/execute/sync", { script, args: [] });
  }

  async elements(selector) {
    const found = await this.#call("POST", "/elements", { using: "css selector", value: selector });
    return found.map((reference) => new Element(this, reference[ELEMENT]));
  }

  async element(selector) {
    const [first] = await this.elements(selector);
    if (!first) throw new Error(`nothing in the page is ${selector}`);
    return first;
  }

  async activeElement() {
    return new Element(this, (await this.#call("GET", "/element/active"))[ELEMENT]);
  }

  /** Presses keys as a keyboard does: `Tab`, `Control+n`, `Shift+F6`. */
  async press(...strokes) {
    for (const stroke of strokes) await this.#keys(strokeActions(stroke));
  }

  /** Types text with one key event per character, into whatever has the focus. */
  type(text) {
    return this.#keys([...text].flatMap(downAndUp));
  }

  /** Moves the mouse to a place in the window. */
  async pointAt(x, y) {
    const actions = [{ type: "pointerMove", x, y, duration: 0, origin: "viewport" }];
    await this.#call("POST", "/actions", { actions: [{ type: "pointer", id: "mouse", actions }] });
  }

  async #keys(actions) {
    await this.#call("POST", "/actions", { actions: [{ type: "key", id: "keyboard", actions }] });
  }

  /** Asks for something of an element. */
  ofElement(id, method, what, body) {
    return this.#call(method, `/element/${id}/${what}`, body);
  }

  #call(method, path, body) {
    return call(this.#base, method, this.#path + path, body);
  }
}

/** An element of the page, as the driver knows it. */
export class Element {
  #session;

  constructor(session, id) {
    this.#session = session;
    this.id = id;
  }

  click() {
    return this.#session.ofElement(this.id, "POST", "click", {});
  }

  text() {
    return this.#session.ofElement(this.id, "GET", "text");
  }

  /** Returns the role as assistive technology is told it. */
  role() {
    return this.#session.ofElement(this.id, "GET", "computedrole");
  }

  /** Returns the name as assistive technology is told it. */
  name() {
    return this.#session.ofElement(this.id, "GET", "computedlabel");
  }

  attribute(name) {
    return this.#session.ofElement(this.id, "GET", `attribute/${name}`);
  }

  css(property) {
    return this.#session.ofElement(this.id, "GET", `css/${property}`);
  }

  isShown() {
    return this.#session.ofElement(this.id, "GET", "displayed");
  }
}

function strokeActions(stroke) {
  const names = stroke.split("+");
  const key = names.pop() ?? "";
  for (const name of names) if (!MODIFIERS.has(name)) throw new Error(`${name} is no modifier`);
  const held = names.map(keyValue);
  return [
    ...held.map((value) => ({ type: "keyDown", value })),
    ...downAndUp(keyValue(key)),
    ...held.reverse().map((value) => ({ type: "keyUp", value })),
  ];
}

function keyValue(name) {
  const value = KEYS[name] ?? name;
  if ([...value].length !== 1) throw new Error(`no key is called ${name}`);
  return value;
}

function downAndUp(value) {
  return [
    { type: "keyDown", value },
    { type: "keyUp", value },
  ];
}

function toWire(value) {
  return value instanceof Element ? { [ELEMENT]: value.id } : value;
}

async function call(base, method, path, body) {
  const response = await fetch(base + path, {
    method,
    body: body === undefined ? undefined : JSON.stringify(body),
    headers: { "content-type": "application/json" },
    signal: AbortSignal.timeout(ANSWER_MS_MAX),
  });
  const { value } = await response.json();
  if (!response.ok) throw new WebDriverError(`${method} ${path}`, value);
  return value;
}
