// What a script in the window could not do, tried inside the real web view with its real policy.

import assert from "node:assert/strict";
import { createServer } from "node:http";

import { journey } from "./desk.mjs";
import { until } from "./webdriver.mjs";

const HOME_PAGE = "tauri://localhost";
const LEAVES_MS_MAX = 2_000;

/** The policy as tauri.conf.json says it; Tauri adds the hashes of its own scripts to `script-src`. */
const POLICY = {
  "default-src": "'none'",
  "script-src": "'self'",
  "style-src": "'self'",
  "img-src": "'self' data:",
  "font-src": "'self'",
  "connect-src": "ipc: http://ipc.localhost",
  "base-uri": "'none'",
  "form-action": "'none'",
  "object-src": "'none'",
  "frame-ancestors": "'none'",
};

journey("enforces exactly the policy of tauri.conf.json", async (desk) => {
  await desk.start();
  const policy = await desk.page.runAsync(
    () =>
      new Promise((seen) => {
        document.addEventListener("securitypolicyviolation", (event) => seen(event.originalPolicy), {
          once: true,
        });
        document.body.append(document.createElement("iframe"));
        document.querySelector("iframe").src = "data:,";
      }),
  );
  const directives = policy.split(";").map((directive) => directive.trim().split(" "));
  const seen = Object.fromEntries(directives.map(([name, ...sources]) => [name, sources]));
  seen["script-src"] = seen["script-src"].filter((source) => !/^'sha256-[A-Za-z0-9+/]{43}='$/.test(source));
  assert.deepEqual(
    seen,
    Object.fromEntries(Object.entries(POLICY).map(([name, sources]) => [name, sources.split(" ")])),
  );
});

journey("runs no text as a script and takes no style from a text", async (desk) => {
  await desk.start();
  await arm(desk);
  const tries = {
    eval: [() => eval("window.ran = 1"), "script-src"],
    "new Function": [() => new Function("window.ran = 1")(), "script-src"],
    "a timer with a text": [() => setTimeout("window.ran = 1"), "script-src"],
    "an inline script": [() => put("script", { textContent: "window.ran = 1" }), "script-src-elem"],
    "an event attribute": [() => put("button", { onclick: "window.ran = 1" }).click(), "script-src-attr"],
    "a javascript: address": [
      () => put("a", { href: "javascript:window.ran = 1" }).click(),
      "script-src-elem",
    ],
    "a module from a data: address": [
      () => import("data:text/javascript,window.ran=1").catch(() => 0),
      "script-src-elem",
    ],
    "a worker": [() => new Worker("data:text/javascript,postMessage(1)"), "worker-src"],
    "an inline style": [() => put("style", { textContent: "body { border: 9px solid }" }), "style-src-elem"],
    "a style attribute": [() => document.body.setAttribute("style", "border: 9px solid"), "style-src-attr"],
  };
  for (const [what, [act, directive]] of Object.entries(tries)) {
    assert.equal(await refusedBy(desk, act), directive, what);
  }
  const left = () => [typeof window.ran, getComputedStyle(document.body).borderTopWidth];
  assert.deepEqual(await desk.page.run(left), ["undefined", "0px"]);
});

journey("reaches nothing outside", async (desk) => {
  await desk.start();
  await arm(desk);
  const outside = await openOutside();
  const tries = {
    fetch: [(outside) => void fetch(outside).catch(() => 0), "connect-src"],
    XMLHttpRequest: [(outside) => request(outside), "connect-src"],
    WebSocket: [(outside) => new WebSocket(outside.replace("http", "ws")), "connect-src"],
    EventSource: [(outside) => new EventSource(outside), "connect-src"],
    sendBeacon: [(outside) => navigator.sendBeacon(outside, "x"), "connect-src"],
    "an image": [(outside) => put("img", { src: outside }), "img-src"],
    "a script": [(outside) => put("script", { src: outside }), "script-src-elem"],
    "a style sheet": [(outside) => put("link", { rel: "stylesheet", href: outside }), "style-src-elem"],
    "a font": [
      (outside) => void new FontFace("outside", `url(${outside})`).load().catch(() => 0),
      "font-src",
    ],
    "a sound": [(outside) => put("audio", { src: outside }), "media-src"],
    "an object": [(outside) => put("object", { data: outside }), "object-src"],
    "a frame": [(outside) => put("iframe", { src: outside }), "frame-src"],
    "a frame of its own page": [() => put("iframe", { src: "/index.html" }), "frame-src"],
    "a form": [(outside) => put("form", { action: outside, method: "post" }).submit(), "form-action"],
    "a base": [(outside) => put("base", { href: outside }), "base-uri"],
  };
  try {
    for (const [what, [act, directive]] of Object.entries(tries)) {
      assert.equal(await refusedBy(desk, act, outside.url), directive, what);
    }
    assert.equal(outside.connections, 0, "connections that reached the outside");
    assert.equal(await desk.page.url(), HOME_PAGE);
  } finally {
    outside.close();
  }
});

journey("gives a script no more than it needs", async (desk) => {
  await desk.start();
  assert.deepEqual(
    await desk.page.run(() => {
      Object.prototype.added = 1;
      return {
        frozen: [Object.isFrozen(Object.prototype), typeof {}.added],
        tauri: typeof window.__TAURI__,
        frames: window.length,
        opened: [window.open("https://example.org/"), window.open("/index.html"), window.open()],
      };
    }),
    { frozen: [true, "undefined"], tauri: "undefined", frames: 0, opened: [null, null, null] },
  );
  assert.equal((await desk.page.windows()).length, 1);
});

journey("answers the commands that are granted, and no others", async (desk) => {
  await desk.start();
  const { value } = await invoke(desk, "app_info");
  assert.equal(value.mode, "practice");
  for (const command of [
    "no_such_command",
    "plugin:app|version",
    "plugin:event|emit",
    "plugin:event|listen",
    "plugin:image|from_path",
    "plugin:menu|new",
    "plugin:path|resolve_directory",
    "plugin:resources|close",
    "plugin:tray|new",
    "plugin:webview|create_webview_window",
    "plugin:webview|internal_toggle_devtools",
    "plugin:window|close",
    "plugin:window|set_title",
  ]) {
    const { value, error } = await invoke(desk, command);
    assert.equal(value, undefined, command);
    assert.match(error, /not allowed/, command);
  }
  assert.equal(await desk.page.title(), "Active · Satchel");
});

journey("goes to no page but its own", async (desk) => {
  const outside = await openOutside();
  try {
    for (const address of [
      outside.url,
      "https://example.org/",
      "about:blank",
      "data:text/html,x",
      "tauri://other/",
    ]) {
      await desk.start();
      await desk.page.run((address) => void (location = address), address);
      const left = await leaves(desk);
      assert.equal(left, false, `the window left for ${address}`);
      assert.equal(await desk.page.title(), "Active · Satchel", `the page after ${address} was refused`);
      assert.equal((await desk.page.windows()).length, 1);
      await desk.kill();
    }
    assert.equal(outside.connections, 0, "an address that was asked for could carry what was typed");
  } finally {
    outside.close();
  }
});

/**
 * Tells whether the window shows another page, as the page itself sees it: the driver names an address already when it
 * is only tried. Where that is refused nothing happens at all, hence the bound.
 */
function leaves(desk) {
  const elsewhere = async () => (await desk.page.run(() => location.href)) !== HOME_PAGE;
  return until("another page", elsewhere, { withinMs: LEAVES_MS_MAX }).catch(() => false);
}

/** Opens what the window must not reach, and counts who comes. */
async function openOutside() {
  const outside = { connections: 0 };
  const server = createServer((_, answer) =>
    answer.setHeader("content-type", "text/html").end("<title>outside</title>"),
  );
  server.on("connection", () => (outside.connections += 1));
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  outside.url = `http://127.0.0.1:${server.address().port}/`;
  outside.close = () => {
    server.close();
    server.closeAllConnections();
  };
  return outside;
}

/** Puts into the page what the tries need. */
function arm(desk) {
  return desk.page.run(() => {
    window.put = (kind, properties) => {
      const element = document.createElement(kind);
      for (const [name, value] of Object.entries(properties)) {
        if (name === "textContent") element.textContent = value;
        else element.setAttribute(name, value);
      }
      document.body.append(element);
      return element;
    };
    window.request = (address) => {
      const request = new XMLHttpRequest();
      request.open("GET", address);
      request.send();
    };
  });
}

/** Does something in the page and returns the directive of the policy that refused it, or what happened instead. */
function refusedBy(desk, act, ...args) {
  return desk.page.runAsync(
    `(...args) => new Promise((seen) => {
      const onViolation = (event) => seen(event.effectiveDirective);
      document.addEventListener("securitypolicyviolation", onViolation, { once: true });
      setTimeout(() => seen("nothing refused it"), ${LEAVES_MS_MAX});
      try { (${act})(...args) } catch {}
    })`,
    ...args,
  );
}

/** Calls a command as the page's own script would. */
function invoke(desk, command) {
  return desk.page.runAsync(
    (command) =>
      window.__TAURI_INTERNALS__
        ? window.__TAURI_INTERNALS__.invoke(command).then(
            (value) => ({ value }),
            (error) => ({ error: String(error) }),
          )
        : Promise.resolve({ error: "this page has no way to call a command" }),
    command,
  );
}
