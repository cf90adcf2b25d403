import { screen, within } from "@testing-library/svelte";
import { describe, expect, it, vi } from "vitest";

import type { Api } from "../api";
import type { ConnectionView } from "../bindings/ConnectionView";
import type { OutboxItemView } from "../bindings/OutboxItemView";
import { CAUTION } from "../../test/dates";
import { openOrder } from "../../test/order";
import { openReview, sheet, side } from "../../test/review";
import { BOUND, item, RECEIVED, REVIEW } from "../../test/samples";
import { done, failing, heading, inTurn } from "../../test/window";

vi.mock("../form/OrderForm.svelte", () => import("../../test/FormDouble.svelte"));

describe("Submit order", () => {
  const COMPLETE = { problems: [], files: REVIEW.files.slice(0, 1) };
  const submitted = (connection: ConnectionView = { ...BOUND, checkedAtMs: 1 }, more: Partial<Api> = {}) => {
    const outbox: OutboxItemView[] = [];
    return {
      connection: inTurn(done(connection)),
      outbox: vi.fn(() => Promise.resolve(done([...outbox]))),
      submitDraft: vi.fn((order: string) => {
        outbox.push(item("x", { submittedAtMs: 1 }), item(order, { submittedAtMs: 2 }));
        return Promise.resolve(done(null));
      }),
      ...more,
    };
  };
  const button = () => within(side()).getByRole("button", { name: /^Submit order/ });

  it("says every warning in full, and can be pressed all the same", async () => {
    const warned = { ...COMPLETE, problems: [CAUTION] };
    const { api, user } = await openReview(warned, submitted());
    await sheet();
    expect(within(side()).getByRole("heading", { name: "Ready to submit1 warning" })).toBeTruthy();
    expect(
      within(side()).getByRole("button", { name: /^Warning: ?Production date is too early$/ }),
    ).toBeTruthy();
    expect(within(side()).getByText(CAUTION.message)).toBeTruthy();
    expect(within(side()).getByText("You can submit all the same.")).toBeTruthy();
    await user.click(button());
    expect(api.submitDraft).toHaveBeenCalled();
  });

  it("does not speak of warnings where there are none", async () => {
    await openReview(COMPLETE, submitted());
    await sheet();
    expect(within(side()).queryByText("You can submit all the same.")).toBeNull();
  });

  it.each<[string, ConnectionView, string]>([
    [
      "connected",
      { ...BOUND, checkedAtMs: 1 },
      "You will see “Received” only after every file is confirmed.",
    ],
    [
      "not reached since the start",
      { ...BOUND, checkedAtMs: null },
      "Will be sent when you are online. Until then you can take it back from the Outbox.",
    ],
    [
      "not connected yet",
      { is: "connecting" },
      "Will be sent when you are online. Until then you can take it back from the Outbox.",
    ],
    [
      "without a provider",
      { is: "no-provider" },
      "Will be sent once this computer is connected with a provider. Until then you can take it back from the Outbox.",
    ],
    [
      "not trusting the provider",
      { is: "refused", message: "It does not hold." },
      "It does not hold. Until it is sent you can take it back from the Outbox.",
    ],
  ])("says what happens, %s", async (_, connection, says) => {
    await openReview(COMPLETE, submitted(connection));
    await sheet();
    expect(within(side()).getByRole("heading", { name: "Ready to submit" })).toBeTruthy();
    const describes = document.getElementById(button().getAttribute("aria-describedby") ?? "");
    expect(describes?.textContent).toBe(says);
  });

  it("by its keys submits once, and goes to the order in the outbox, from where no step leads back", async () => {
    const { api, user } = await openReview(COMPLETE, submitted());
    await sheet();
    expect(button().getAttribute("aria-keyshortcuts")).toBe("Control+Enter");
    await user.keyboard("{Control>}{Enter}{/Control}");
    await vi.waitFor(() => {
      expect(heading().textContent).toBe("Outbox");
      expect(document.activeElement?.getAttribute("data-order")).toBe("c");
    });
    expect(api.submitDraft).toHaveBeenCalledTimes(1);
    expect(api.submitDraft).toHaveBeenCalledWith("c");
    await user.keyboard("{Escape}");
    expect(heading().textContent).toBe("Drafts");
  });

  it("by its keys leads to what is missing, and does not submit", async () => {
    const { api, user } = await openReview();
    await sheet();
    await user.keyboard("{Control>}{Enter}{/Control}");
    expect(screen.getByText("Goes to locations.2.phone")).toBeTruthy();
    expect(api.submitDraft).not.toHaveBeenCalled();
  });

  it("is done once, however often it is pressed", async () => {
    const submitDraft = vi.fn(() => new Promise<never>(() => undefined));
    const { user } = await openReview(COMPLETE, submitted(undefined, { submitDraft }));
    await sheet();
    await user.click(button());
    await user.click(button());
    expect(button().getAttribute("aria-disabled")).toBe("true");
    expect(submitDraft).toHaveBeenCalledTimes(1);
  });

  it("that fails says why in the words of Rust, and looks again what is missing", async () => {
    const submitDraft = vi.fn(inTurn<null>(failing("incomplete", "Something is missing: look it over.")));
    const { api, user } = await openReview(COMPLETE, submitted(undefined, { submitDraft }));
    await sheet();
    vi.mocked(api.reviewDraft).mockResolvedValue(done(REVIEW));
    await user.click(button());
    expect((await screen.findByRole("alert")).textContent).toContain(
      "The order was not submitted. Something is missing: look it over.",
    );
    expect(await within(side()).findByRole("heading", { name: /^To finish/ })).toBeTruthy();
    expect(heading().textContent).toBe("Review");
  });
});

describe("what was submitted", () => {
  it("and is not received yet says so, until it is", async () => {
    const { api, user } = await openOrder({ ...RECEIVED, received: null });
    expect(heading().textContent).toBe("Submitted order");
    const order = screen.getByRole("complementary", { name: "Order" });
    expect(within(order).getByRole("heading", { name: "Not received yet" })).toBeTruthy();
    expect(screen.queryByText("Received")).toBeNull();
    expect(api.checkOrder).not.toHaveBeenCalled();
    await user.keyboard("{Control>}{Enter}{/Control}");
    expect(api.submitDraft).not.toHaveBeenCalled();
    expect(api.payOrder).not.toHaveBeenCalled();
    vi.mocked(api.reviewDraft).mockResolvedValue(done(RECEIVED));
    api.tell({ is: "lists" });
    await vi.waitFor(() => {
      expect(heading().textContent).toBe("26-04187");
    });
    expect(document.activeElement).toBe(heading());
    expect(api.checkOrder).toHaveBeenCalledExactlyOnceWith("c");
  });
});
