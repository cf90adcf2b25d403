import { screen, within } from "@testing-library/svelte";
import { tick } from "svelte";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import {
  CAUTION,
  CONFLICT,
  dated,
  DEC_21,
  entered,
  JAN_4,
  MISSING,
  PASSED,
  production,
  REMINDER,
  UNCOUNTED,
} from "../../test/dates";
import { field, openForm } from "../../test/form";
import { ORDER, Vault } from "../../test/vault";
import type { DeadlineView } from "../bindings/DeadlineView";
import { REST_MS } from "./deadlines";

beforeEach(() => {
  vi.useFakeTimers({ shouldAdvanceTime: true, now: new Date(2026, 10, 27, 12) });
});
afterEach(() => {
  vi.useRealTimers();
});

const wait = (ms: number) => vi.advanceTimersByTimeAsync(ms);
const dates = () => within(screen.getByRole("region", { name: /^Dates/ }));
const line = (label: string) => {
  const item = dates()
    .getAllByRole("listitem")
    .find((item) => item.parentElement?.className === "dates" && item.textContent.includes(label));
  if (!item) throw new Error(`no line ${label}`);
  return item;
};
const words = (element: HTMLElement) => element.textContent.trim().replaceAll(/\s+/g, " ");

function holding(...deadlines: DeadlineView[]): Vault {
  const vault = new Vault();
  vault.deadlines = deadlines;
  return vault;
}

describe("the dates", () => {
  it("stand between what is missing and the estimate, also where there are none", async () => {
    await openForm();
    const docket = within(screen.getByRole("complementary", { name: "Docket" }));
    const headings = docket.getAllByRole("heading").map(({ firstChild }) => firstChild?.textContent);
    expect(headings).toEqual(["To finish", "Dates", "Estimate", "Files"]);
    expect(dates().getByText("No dates are reckoned for this order so far.")).toBeTruthy();
    expect(dates().queryByText(/legal advice/)).toBeNull();
  });

  it("say the date, its side, the count and the statute, and once that they are no advice", async () => {
    await openForm(holding(production(), REMINDER));
    const item = line("Earliest production");
    expect(item.querySelector("time")?.dateTime).toBe("2026-12-21");
    expect(words(item)).toBe(
      "Mon Dec 21 or later Earliest production Custodian served at the earliest + 15 days CCP §§ 1985.3(b), 1013, 2020.410(c)",
    );
    expect(words(line("The packet"))).toMatch(/^Reminder The packet carries/);
    expect(dates().getByRole("heading").textContent).toBe("DatesCalifornia");
    expect(dates().getAllByText("Rules reviewed Fri Nov 27, 2026. Not legal advice.")).toHaveLength(1);
  });

  it("name the year where it is another, and whose rules they are", async () => {
    await openForm(holding(production({ outcome: dated({ date: JAN_4 }) }), UNCOUNTED));
    expect(words(line("Earliest production"))).toMatch(/^Mon Jan 4, 2027 2027 or later/);
    expect(words(line("Custodian may object"))).toMatch(
      /^No date Custodian may object until Federal holidays/,
    );
    expect(dates().getByRole("heading").textContent).toBe("DatesCalifornia, Federal");
    expect(dates().getByText("Not legal advice.")).toBeTruthy();
  });

  it("lead to what is missing, where the form asks it", async () => {
    const { user } = await openForm(holding(MISSING));
    const item = line("Custodians served by");
    expect(words(item)).toMatch(
      /^No date yet Custodians served by Needs Production ?Needs How the notice is served CCP/,
    );
    expect(within(item).queryByRole("button", { name: "How the notice is served" })).toBeNull();
    within(item).getByRole("button", { name: "Production" }).focus();
    await user.keyboard("{Enter}");
    await tick();
    expect(document.activeElement).toBe(field("Date of loss"));
  });

  it("say what is kept, what is tight, what is within the margin, and what has passed", async () => {
    const tight = entered({ standing: "tight", says: "Sat Dec 19, 2026 keeps the count." });
    const within_ = entered({ standing: "within-margin", says: "It keeps the rule, and not the margin." });
    await openForm(
      holding(
        production({ outcome: dated({ entered: entered() }) }),
        production({ rule: "2", label: "Second", outcome: dated({ entered: tight }) }),
        production({
          rule: "3",
          label: "Third",
          outcome: dated({ entered: within_, margin: { days: 3, date: JAN_4 } }),
        }),
        PASSED,
      ),
    );
    const shown = (label: string) => {
      const stands = line(label).querySelector<HTMLElement>(".date-stands");
      return [stands?.className, stands && words(stands), stands?.querySelector("svg") !== null];
    };
    expect(shown("Earliest production")).toEqual([
      "date-stands is-done",
      "Kept: Mon Dec 21, 2026 is entered.",
      true,
    ]);
    expect(shown("Second")).toEqual([
      "date-stands is-caution",
      "Tight: Sat Dec 19, 2026 keeps the count.",
      true,
    ]);
    expect(shown("Third")[1]).toBe("Within the margin: It keeps the rule, and not the margin.");
    expect(within(line("Third")).getByText(/^Firm’s margin, 3 days/).textContent).toContain(
      "Mon Jan 4, 2027",
    );
    expect(shown("Notice to consumer served by")).toEqual([
      "date-stands is-caution",
      "Passed: 3 days ago.",
      true,
    ]);
  });

  it("unfold to how they were reckoned, by keyboard, and stay so when they change", async () => {
    const { user, vault } = await openForm(holding(production()));
    const head = within(line("Earliest production")).getByRole("button", { name: "Earliest production" });
    expect(head.getAttribute("aria-expanded")).toBe("false");
    head.focus();
    await user.keyboard("{Enter}");
    const reckoning = document.getElementById(head.getAttribute("aria-controls") ?? "") ?? document.body;
    const parts = [...reckoning.querySelectorAll("p, li")].map(({ textContent }) => textContent.trim());
    expect(parts).toEqual([
      "Custodian served at the earliest Fri Dec 4, 2026 + 15 days is Sat Dec 19, 2026, no court day, so Mon Dec 21, 2026.",
      "Moved by law alone, the count ends on Sat Dec 19, 2026.",
      "Also counted, and kept by this date:",
      "Subpoena issued by Tue Nov 24, 2026 + 20 days is Mon Dec 14, 2026.",
      "Days to wait are not moved by § 12a.",
      "Cal. Code Civ. Proc. §§ 1985.3, 1013 and 2020.410",
      "California rule, last reviewed Fri Nov 27, 2026",
    ]);
    const closed = entered({ closedFor: "a Monday of its own" });
    vault.deadlines = [production({ outcome: dated({ entered: closed, margin: { days: 3, date: null } }) })];
    await user.type(field("Full name"), "M");
    await wait(400);
    expect(head.getAttribute("aria-expanded")).toBe("true");
    expect(screen.getByText("The courts are closed on Mon Dec 21, 2026: a Monday of its own.")).toBeTruthy();
    expect(
      screen.getByText("The firm’s margin of 3 days reaches beyond the table of holidays."),
    ).toBeTruthy();
    head.focus();
    await user.keyboard(" ");
    expect(head.getAttribute("aria-expanded")).toBe("false");
    expect(head.hasAttribute("aria-controls")).toBe(false);
  });
});

describe("a conflict", () => {
  const conflicting = () => {
    const vault = holding(production({ outcome: dated({ entered: CONFLICT }) }));
    vault.set("subject.loss", "Mon Dec 14, 2026");
    vault.cautions = [CAUTION];
    return vault;
  };

  it("stands in its line, at its field and among the warnings, and leads to the field", async () => {
    const { user } = await openForm(conflicting());
    const says = within(line("Earliest production")).getByRole("button", {
      name: "Conflict: Mon Dec 14, 2026 is 7 days too early.",
    });
    expect(says.className).toBe("date-stands is-caution");
    expect(screen.getByText(CAUTION.message)).toBeTruthy();
    expect(screen.getByRole("heading", { name: /^To finish.*1 warning$/ })).toBeTruthy();
    expect(screen.getByRole("button", { name: /^Production date is too early/ }).className).toBe(
      "is-caution",
    );
    await user.click(says);
    await tick();
    expect(document.activeElement).toBe(field("Date of loss"));
  });

  it("offers the date that keeps the rule, which is saved as if it was typed", async () => {
    const { api, user, vault } = await openForm(conflicting());
    vault.deadlines = [production({ outcome: dated({ entered: entered() }) })];
    vault.cautions = [];
    await user.click(
      within(line("Earliest production")).getByRole("button", { name: "Use Mon Dec 21, 2026" }),
    );
    await wait(REST_MS);
    expect(api.saveAnswer).toHaveBeenCalledWith(ORDER, "subject.loss", { is: "text", text: DEC_21.shown });
    expect(field("Date of loss").value).toBe(DEC_21.shown);
    expect(document.activeElement).toBe(field("Date of loss"));
    expect(within(line("Earliest production")).queryByRole("button", { name: /^Use/ })).toBeNull();
    expect(screen.queryByText(CAUTION.message)).toBeNull();
  });

  it("is no button to use where no date is offered", async () => {
    const past = { ...CONFLICT, instead: null };
    await openForm(holding(production({ outcome: dated({ entered: past }) })));
    expect(within(line("Earliest production")).queryByRole("button", { name: /^Use/ })).toBeNull();
  });
});

describe("while a date is typed", () => {
  it("nothing moves and nothing is spoken until it rests", async () => {
    const { user, vault } = await openForm(holding(production()));
    const status = dates().getByRole("status");
    const before = [words(line("Earliest production")), status.textContent];
    expect(before[1]).toBe("Docket: 1 date.");
    vault.deadlines = [production({ outcome: dated({ entered: CONFLICT }) })];
    await user.type(field("Date of loss"), "12/14");
    await wait(500);
    expect(vault.saves.length).toBeGreaterThan(0);
    expect([words(line("Earliest production")), status.textContent]).toEqual(before);
    await wait(REST_MS);
    expect(status.textContent).toBe("Conflict: Earliest production. Docket: 1 date.");
    expect(words(line("Earliest production"))).toContain("Conflict: Mon Dec 14, 2026");
  });

  it("what was typed last counts, and what is the same again never shows", async () => {
    const { user, vault } = await openForm(holding(production()));
    vault.deadlines = [PASSED];
    await user.type(field("Date of loss"), "1");
    await wait(500);
    vault.deadlines = [production()];
    await user.type(field("Date of loss"), "2");
    await wait(2 * REST_MS);
    expect(dates().queryByText(/^Passed/)).toBeNull();
    expect(line("Earliest production")).toBeTruthy();
  });

  it("and as it is left, they follow at once", async () => {
    const { user, vault } = await openForm(holding(production()));
    vault.deadlines = [production({ outcome: dated({ entered: CONFLICT }) })];
    await user.type(field("Date of loss"), "12/14");
    await user.tab();
    await wait(0);
    expect(words(line("Earliest production"))).toContain("Conflict: Mon Dec 14, 2026");
  });
});
