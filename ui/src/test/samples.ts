import type { ConnectionView } from "../lib/bindings/ConnectionView";
import type { OrderRow } from "../lib/bindings/OrderRow";
import type { OutboxItemView } from "../lib/bindings/OutboxItemView";
import type { OutboxPartView } from "../lib/bindings/OutboxPartView";
import type { PaymentView } from "../lib/bindings/PaymentView";
import type { ReceivedView } from "../lib/bindings/ReceivedView";
import type { ReviewView } from "../lib/bindings/ReviewView";
import type { ServiceView } from "../lib/bindings/ServiceView";

/** A draft as a row; a test says what matters to it. */
export function row(order: string, answers: Partial<OrderRow> = {}): OrderRow {
  return {
    order,
    number: null,
    state: "draft",
    service: "Records retrieval",
    caption: "Delgado v. Northline Freight, Inc.",
    subject: "Maria Delgado",
    clientMatter: "10452-003",
    due: null,
    toFinish: 0,
    files: 0,
    amountCents: null,
    changedAtMs: 0,
    deletesAtMs: null,
    ...answers,
  };
}

/** Three drafts, the one that changed last first. */
export const DRAFTS: OrderRow[] = [
  row("c", { changedAtMs: 3, toFinish: 4, files: 2, amountCents: 44_850 }),
  row("b", {
    changedAtMs: 2,
    caption: "Okafor v. Pinecrest HOA",
    subject: null,
    service: "Service of process",
  }),
  row("a", { changedAtMs: 1, caption: "", subject: null, clientMatter: null, service: "Messenger" }),
];

export const SERVICES: ServiceView[] = [
  {
    service: "records",
    name: "Records retrieval",
    summary: "Medical, billing and other records from custodians.",
  },
  { service: "subpoena", name: "Subpoena preparation", summary: "SUBP-010, with notice to the consumer." },
  {
    service: "process",
    name: "Service of process",
    summary: "Summons, subpoena or notice, with proof of service.",
  },
];

export const SUM = "9f2c41d8a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f6071807bea6e3";

/** A draft as it would be sent, with everything that a sheet can show. */
export const REVIEW: ReviewView = {
  order: "c",
  service: "Records retrieval",
  caption: {
    line: "Delgado v. Northline Freight, Inc.",
    plaintiff: "Maria Delgado",
    defendant: "Northline Freight, Inc.",
    court: "Superior Court of the State of California",
    county: "County of Los Angeles",
    branch: "Central District",
    number: "26STCV04417",
    notes: ["Dept. 32, Hon. R. Calder", "Trial: March 15, 2027"],
  },
  subject: "Maria Elena Delgado",
  clientMatter: "10452-003",
  sections: [
    {
      id: "ordered",
      title: "Ordered by",
      facts: [{ label: "Person", value: "Dana Whitfield", masked: false }],
      rows: [],
    },
    {
      id: "subject",
      title: "Subject",
      facts: [{ label: "SSN", value: "•••-••-4417", masked: true }],
      rows: [],
    },
    {
      id: "locations",
      title: "Locations",
      facts: [],
      rows: [
        [
          { label: "Custodian", value: "St. Brigid Medical Center", masked: false },
          { label: "Phone", value: "(310) 555-0177", masked: false },
        ],
        [{ label: "Custodian", value: "Lakeshore Imaging", masked: false }],
      ],
    },
  ],
  files: [
    { file: "f1", name: "Complaint.pdf", length: 3_310_448, state: { is: "sealed", sha256: SUM } },
    { file: "f2", name: "Films.zip", length: 2_310_884_352, state: { is: "sealing", done: 7 } },
  ],
  quote: {
    lines: [
      { label: "Records request", quantity: 3, unitCents: 4800, amountCents: 14_400 },
      { label: "Notice to consumer, mailed", quantity: 1, unitCents: 2250, amountCents: 2250 },
    ],
    totalCents: 16_650,
  },
  problems: [
    {
      path: "locations.2.phone",
      severity: "empty",
      code: "missing",
      message: "Enter the phone.",
      toFinish: "Phone of Lakeshore Imaging",
    },
    {
      path: "subject.address",
      severity: "caution",
      code: "po-box",
      message: "A subpoena cannot be served at a PO box.",
      toFinish: "PO box as street address",
    },
  ],
  submitted: false,
  received: null,
};

export const part = (name: string | null, bytes: number, sent: number): OutboxPartView => ({
  name,
  bytes,
  sent,
});

/** An order on its way; a test says what matters to it. */
export function item(order: string, told: Partial<OutboxItemView> = {}): OutboxItemView {
  return {
    order,
    service: "Records retrieval",
    caption: "Delgado v. Northline Freight, Inc.",
    submittedAtMs: 0,
    state: { is: "queued" },
    parts: [],
    canBeTakenBack: false,
    ...told,
  };
}

export const BOUND = {
  is: "bound",
  provider: "Example Legal Support",
  firm: "Hartwell & Ames LLP",
  fingerprint: "7f3a 91c2 0d5e b846 2c19 e0a7 44bd 6f12",
  checkedAtMs: null,
} as const satisfies ConnectionView;

const SUBMITTED_MS = new Date(2026, 10, 23, 10, 58).getTime();
const RECEIVED_MS = new Date(2026, 10, 23, 11, 4, 9).getTime();

/** What is known of an order that was just received: nothing was heard since. */
export const RECEIPT: ReceivedView = {
  number: "26-04187",
  submittedAtMs: SUBMITTED_MS,
  receivedAtMs: RECEIVED_MS,
  provider: "Example Legal Support",
  manifestSha256: SUM,
  state: "awaiting-payment",
  payment: { state: "due", amountCents: 16_650, sinceMs: null, openedAtMs: null, pageEndsAtMs: null },
  timeline: [
    { atMs: RECEIVED_MS, event: { is: "received", files: 2 } },
    { atMs: SUBMITTED_MS, event: { is: "submitted" } },
  ],
  returned: [],
  heardAtMs: null,
  disbelieved: null,
};

/** An order that the provider received. */
export const RECEIVED: ReviewView = {
  ...REVIEW,
  problems: [],
  files: REVIEW.files.map((file) => ({ ...file, state: { is: "sealed", sha256: SUM } })),
  submitted: true,
  received: RECEIPT,
};

/** A received order of which something else is known. */
export const receivedAs = (told: Partial<ReceivedView>, payment: Partial<PaymentView> = {}): ReviewView => ({
  ...RECEIVED,
  received: { ...RECEIPT, ...told, payment: { ...RECEIPT.payment, ...payment } },
});
