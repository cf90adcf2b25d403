import { screen, within } from "@testing-library/svelte";
import { beforeEach, describe, expect, it, vi } from "vitest";

import { openReview, sheet, side } from "../../test/review";
import { BOUND, REVIEW, SUM } from "../../test/samples";
import { AZURE, done, failing, heading, inTurn } from "../../test/window";

vi.mock("../form/OrderForm.svelte", () => import("../../test/FormDouble.svelte"));

const print = vi.fn();

beforeEach(() => {
  print.mockClear();
  vi.stubGlobal("print", print);
});

describe("the sheet", () => {
  it("has a letterhead, the caption and every answer", async () => {
    vi.useFakeTimers({ now: new Date(2026, 10, 23, 12), toFake: ["Date"] });
    await openReview();
    const paper = await sheet();
    vi.useRealTimers();
    expect(within(paper).getByRole("heading", { level: 2 }).textContent).toBe("Hartwell & Ames LLP");
    expect(paper.querySelector(".at-end")?.textContent).toBe(
      "Work order, draftRecords retrievalMon Nov 23, 2026",
    );
    const caption = within(paper).getByRole("group", { name: "Case caption" });
    for (const part of ["Maria Delgado,", "Plaintiff,", "v.", "Northline Freight, Inc.,", "Defendant."]) {
      expect(within(caption).getByText(part)).toBeTruthy();
    }
    expect(within(caption).getByText("Case No. 26STCV04417")).toBeTruthy();
    expect(caption.querySelector(".caption-court")?.textContent.trim()).toBe(
      "Superior Court of the State of CaliforniaCounty of Los Angeles, Central District",
    );
    const facts = within(paper)
      .getAllByRole("term")
      .map((term) => [term.textContent, term.nextElementSibling?.textContent]);
    expect(facts).toEqual([
      ["Person", "Dana Whitfield"],
      ["SSN", "•••-••-4417"],
    ]);
    expect(within(paper).getByText("Masked here and in print; sealed and sent in full.")).toBeTruthy();
  });

  it("puts what repeats into a table, with a number for each row", async () => {
    await openReview();
    const table = within(await sheet()).getByRole("table", { name: "Locations" });
    const rows = within(table)
      .getAllByRole("row")
      .map((row) => [...row.children].map((cell) => cell.textContent));
    expect(rows).toEqual([
      ["No.", "Custodian", "Phone"],
      ["1", "St. Brigid Medical Center", "(310) 555-0177"],
      ["2", "Lakeshore Imaging", ""],
    ]);
  });

  it("lists the files with their bytes, and the fingerprint of a sealed one only", async () => {
    await openReview();
    const table = within(await sheet()).getByRole("table", { name: "Files" });
    const rows = within(table)
      .getAllByRole("row")
      .slice(1)
      .map((row) => [...row.children].map((cell) => cell.textContent.trim()));
    expect(rows).toEqual([
      ["Complaint.pdf", "3,310,448", "9f2c 41d8 … 07be a6e3"],
      ["Films.zip", "2,310,884,352", "being encrypted"],
    ]);
    expect(within(table).getByTitle(SUM)).toBeTruthy();
  });

  it("of an empty draft says so, and shows no empty caption", async () => {
    const caption = {
      line: "",
      plaintiff: null,
      defendant: null,
      court: null,
      county: null,
      branch: null,
      number: null,
      notes: [],
    };
    await openReview({ caption, sections: [], files: [] });
    const paper = await sheet();
    expect(within(paper).getByText("Nothing is filled in yet.")).toBeTruthy();
    expect(within(paper).queryByRole("group")).toBeNull();
    expect(within(paper).queryByText(/^Masked/)).toBeNull();
    expect(within(paper).queryByRole("table")).toBeNull();
  });

  it("does not call a firm Practice in earnest", async () => {
    await openReview({}, { appInfo: inTurn(done(AZURE)) });
    expect(within(await sheet()).getByRole("heading", { level: 2 }).textContent).toBe("No firm connected");
  });

  it("shows an answer that looks like markup as it is", async () => {
    const value = "<img src=x onerror=alert(1)>";
    await openReview({
      sections: [{ id: "a", title: "A", facts: [{ label: "L", value, masked: false }], rows: [] }],
    });
    expect(within(await sheet()).getByText(value)).toBeTruthy();
    expect(document.querySelector("img")).toBeNull();
  });
});

describe("beside the sheet", () => {
  it("stands what is missing, and each line leads to its field", async () => {
    const { user } = await openReview();
    await sheet();
    const docket = side();
    expect(within(docket).getByRole("heading", { name: "To finish1 item, 1 warning" })).toBeTruthy();
    await user.click(within(docket).getByRole("button", { name: /^Missing: ?Phone of Lakeshore Imaging$/ }));
    expect(heading().textContent).toBe("Form of c");
    expect(document.activeElement).toBe(heading());
    expect(screen.getByText("Goes to locations.2.phone")).toBeTruthy();
  });

  it("stands the estimate with its total", async () => {
    await openReview();
    await sheet();
    const rows = within(side())
      .getAllByRole("row")
      .map((row) => [...row.children].map((cell) => cell.textContent.trim()));
    expect(rows).toEqual([
      ["Records request, 3 × 48.00", "144.00"],
      ["Notice to consumer, mailed", "22.50"],
      ["Estimated total", "166.50"],
    ]);
  });

  it.each([
    ["cannot be added up", null, /An amount is larger than an estimate can hold/],
    ["is empty", { lines: [], totalCents: 0 }, /Nothing in the order is priced yet/],
  ])("says when the estimate %s", async (_, quote, says) => {
    await openReview({ quote });
    await sheet();
    expect(within(side()).getByText(says)).toBeTruthy();
    expect(within(side()).queryByRole("table")).toBeNull();
  });

  it("stands what would be sent", async () => {
    await openReview();
    await sheet();
    expect(within(side()).getByText("The order and 1 file, 3.31 MB.")).toBeTruthy();
    expect(within(side()).getByText("1 file still being encrypted.")).toBeTruthy();
    expect(within(side()).getByRole("heading", { name: "To send2 files" })).toBeTruthy();
  });

  it("counts no file that could not be attached", async () => {
    const error = { code: "file_refused", message: "The file is gone." } as const;
    const files = REVIEW.files.map((file) => ({ ...file, state: { is: "failed", error } as const }));
    await openReview({ files });
    await sheet();
    expect(within(side()).getByRole("heading", { name: "To send0 files" })).toBeTruthy();
  });

  it.each([
    ["something is missing", { files: [] }],
    ["a file is still being encrypted", { problems: [] }],
  ])("stands no button to submit while %s", async (_, review) => {
    await openReview(review);
    await sheet();
    expect(within(side()).queryByRole("button", { name: /^Submit/ })).toBeNull();
    expect(within(side()).getByText(/^The order can be submitted once/)).toBeTruthy();
  });

  it("stands whose key the order is sealed to, in groups", async () => {
    const checkedAtMs = new Date(2026, 10, 23, 9, 58).getTime();
    vi.useFakeTimers({ now: new Date(2026, 10, 23, 12), toFake: ["Date"] });
    const { api } = await openReview({}, { connection: inTurn(done({ ...BOUND, checkedAtMs })) });
    await sheet();
    const sealed = within(side()).getByRole("heading", { name: "Sealed to" }).parentElement;
    expect(sealed?.textContent).toContain("Example Legal Support, key of Hartwell & Ames LLP");
    const fingerprint = sealed?.querySelector(".fingerprint");
    expect(fingerprint?.textContent.trim()).toBe("7f3a 91c2 0d5e b8462c19 e0a7 44bd 6f12");
    expect(fingerprint?.querySelectorAll("br")).toHaveLength(1);
    expect(sealed?.textContent).toContain("Checked at 9:58 AM.");
    api.tell({ is: "connection", connection: { ...BOUND, checkedAtMs: Date.now() } });
    expect(await within(side()).findByText(/Checked just now\./)).toBeTruthy();
    vi.useRealTimers();
    api.tell({ is: "connection", connection: { is: "no-provider" } });
    await vi.waitFor(() => {
      expect(within(side()).queryByRole("heading", { name: "Sealed to" })).toBeNull();
    });
  });
});

describe("the review", () => {
  it("goes back to the form by Esc, and then to the drafts", async () => {
    const { user } = await openReview();
    await sheet();
    expect(document.activeElement).toBe(heading());
    await user.keyboard("{Escape}");
    expect(heading().textContent).toBe("Form of c");
    await user.keyboard("{Escape}");
    expect(heading().textContent).toBe("Drafts");
  });

  it("prints by Ctrl+P, and nothing else does", async () => {
    const { user } = await openReview();
    await sheet();
    await user.keyboard("{Control>}p{/Control}");
    expect(print).toHaveBeenCalledTimes(1);
    await user.click(screen.getByRole("button", { name: "Print" }));
    expect(print).toHaveBeenCalledTimes(2);
    await user.keyboard("{Escape}{Control>}p{/Control}");
    expect(print).toHaveBeenCalledTimes(2);
  });

  it("is a pane of its own beside the sheet", async () => {
    const { user } = await openReview();
    await sheet();
    await user.keyboard("{F6}");
    expect(document.activeElement).toBe(side());
    await user.keyboard("{F6}");
    expect(document.activeElement).toBe(screen.getByRole("contentinfo"));
  });

  it("is read again when a file of the order is sealed, and only then", async () => {
    const { api } = await openReview();
    await sheet();
    const file = REVIEW.files[1];
    if (!file) throw new Error("no file");
    api.tell({ is: "file", order: "other", file: { ...file, state: { is: "sealed", sha256: SUM } } });
    api.tell({ is: "file", order: "c", file: { ...file, state: { is: "sealing", done: 8 } } });
    expect(api.reviewDraft).toHaveBeenCalledTimes(1);
    vi.mocked(api.reviewDraft).mockResolvedValue(
      done({
        ...REVIEW,
        files: REVIEW.files.map((file) => ({ ...file, state: { is: "sealed", sha256: SUM } as const })),
      }),
    );
    api.tell({ is: "file", order: "c", file: { ...file, state: { is: "sealed", sha256: SUM } } });
    expect(await screen.findByText("The order and 2 files, 2.31 GB.")).toBeTruthy();
  });

  it("that cannot be read says so, and can be read again", async () => {
    const reviewDraft = vi.fn(inTurn(failing("gone", "This draft is in the trash."), done(REVIEW)));
    const { user } = await openReview({}, { reviewDraft });
    const alert = await screen.findByRole("alert");
    expect(alert.textContent).toContain("The order could not be read.");
    expect(alert.textContent).toContain("This draft is in the trash.");
    await user.click(within(alert).getByRole("button", { name: "Retry" }));
    expect(await sheet()).toBeTruthy();
    expect(document.activeElement).toBe(heading());
  });
});
