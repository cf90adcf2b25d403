// Orders on their way: submitted by keyboard, and what outbox, rail and provider say of them.

import { filesAreSealed, startOrder, tabTo } from "./form.mjs";
import { fill, ORDER } from "./order.mjs";

/** How long an upload of some hundred megabytes may take. */
export const UPLOAD_MS_MAX = 60_000;

/** Types an order with a marker in it, attaches the papers, and leaves the focus in the form. */
export async function typeOrder(desk, papers, marker) {
  await startOrder(desk);
  await fill(desk, { ...ORDER, 9: { "instructions.provider": { text: marker } } });
  if (papers.length > 0) {
    desk.picks(...papers.map(({ path }) => path));
    await desk.press("Control+o");
    await filesAreSealed(desk, papers.length);
  }
  await tabTo(desk, "instructions.provider");
}

/** Submits the order whose form is open, by keyboard. */
export async function submitOpen(desk) {
  await desk.press("Control+Enter");
  await desk.find("button", /^Submit order/);
  await desk.press("Control+Enter");
  await desk.reads("heading", "Outbox", "Outbox");
}

/** Types an order and submits it. */
export async function submitOrder(desk, papers, marker) {
  await typeOrder(desk, papers, marker);
  await submitOpen(desk);
}

/** What the outbox says of its one order. */
export function parcel(desk) {
  return desk.page.run(() => document.querySelector(".parcel")?.innerText ?? "");
}

/** The count that stands beside a list in the rail. */
export function railCount(desk, list) {
  return desk.page.run((list) => {
    const buttons = [...document.querySelectorAll("nav.rail button")];
    const words = buttons.map((button) => button.textContent.trim()).find((text) => text.startsWith(list));
    return words?.match(/\d+/)?.[0];
  }, list);
}

/** The blocks of a part that the provider stored. */
export function blocksOf(provider, part) {
  return provider.blocks().filter((block) => block.includes(part));
}
