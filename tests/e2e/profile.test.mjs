// What is typed or stored in the window is in no file, neither while it is open nor after it was closed or killed.

import assert from "node:assert/strict";

import { journey } from "./desk.mjs";
import { filesIn, makeMarker, search } from "./marker.mjs";

/**
 * Every file that Satchel may leave, and why it says nothing about an order. Tauri opens a persistent profile that no
 * window uses, beside the ephemeral one of the window: hence the files of WebKit, and the salts are random.
 */
const MAY_BE_LEFT = [
  /^XDG_DATA_HOME\/org\.example\.satchel\.practice\/hsts-storage\.sqlite(-shm|-wal)?$/, // no site was visited
  /^XDG_DATA_HOME\/org\.example\.satchel\.practice\/(WebKitCache\/Version \d+|mediakeys\/v\d+|storage)\/salt$/,
  /^XDG_CACHE_HOME\/mesa_shader_cache\//, // programs of the graphics driver
  /^XDG_CACHE_HOME\/fontconfig\//, // which fonts the computer has
  /^XDG_RUNTIME_DIR\/dconf\/user$/, // whether settings of the desktop changed
];

journey("what is typed is in no file, open, closed or killed", async (desk) => {
  const marker = makeMarker();
  for (const end of ["stop", "kill"]) {
    await desk.start();
    await typeSomewhere(desk, marker);
    assert.deepEqual(search(desk.root, marker), [], "while the window is open");
    await desk[end]();
    assert.deepEqual(search(desk.root, marker), [], `after ${end}`);
  }
});

journey("what the page stores is in no file, and forgotten when the window closes", async (desk) => {
  const marker = makeMarker();
  await desk.start();
  assert.deepEqual(await desk.page.runAsync(storeEverywhere, marker), {
    localStorage: "stored",
    sessionStorage: "stored",
    indexedDB: "stored",
  });
  assert.deepEqual(search(desk.root, marker), [], "while the window is open");
  await desk.stop();
  assert.deepEqual(search(desk.root, marker), [], "after the window was closed");
  await desk.start();
  const kept = await desk.page.runAsync(async () => [
    localStorage.length,
    sessionStorage.length,
    (await indexedDB.databases()).length,
  ]);
  assert.deepEqual(kept, [0, 0, 0]);
});

journey("leaves only files that are known", async (desk) => {
  await desk.start();
  await typeSomewhere(desk, makeMarker());
  await desk.stop();
  const left = filesIn(desk.root);
  assert.deepEqual(
    left.filter((file) => !MAY_BE_LEFT.some((known) => known.test(file))),
    [],
  );
});

/** Types with key events. Nothing in the shell takes text yet, so a field is put there. */
async function typeSomewhere(desk, text) {
  await desk.page.run(() => {
    const field = document.createElement("input");
    field.setAttribute("aria-label", "Marker");
    document.querySelector("main").append(field);
  });
  await desk.type("textbox", "Marker", text);
  assert.equal(await desk.page.run(() => document.querySelector("[aria-label=Marker]").value), text);
}

/** Runs in the page: stores the text wherever a page can, and says what came of it. */
async function storeEverywhere(text) {
  const tried = async (store) => {
    try {
      await store();
      return "stored";
    } catch (error) {
      return String(error);
    }
  };
  return {
    localStorage: await tried(() => localStorage.setItem(text, text)),
    sessionStorage: await tried(() => sessionStorage.setItem(text, text)),
    indexedDB: await tried(
      () =>
        new Promise((stored, refused) => {
          const opening = indexedDB.open("marker");
          opening.onerror = () => refused(opening.error);
          opening.onupgradeneeded = () => opening.result.createObjectStore("texts");
          opening.onsuccess = () => {
            const change = opening.result.transaction("texts", "readwrite", { durability: "strict" });
            change.objectStore("texts").put(text, text);
            change.oncomplete = () => stored();
            change.onerror = () => refused(change.error);
          };
        }),
    ),
  };
}
