import type { FieldView } from "../lib/bindings/FieldView";
import type { FormView } from "../lib/bindings/FormView";

const text = (id: string, label: string, more: Partial<FieldView> = {}): FieldView => ({
  id,
  label,
  kind: { is: "text", charsMax: 200 },
  width: "half",
  masked: false,
  help: null,
  ...more,
});

/** A form in which every kind of field and every kind of section occurs. */
export const FORM: FormView = {
  name: "Records retrieval",
  sections: [
    {
      id: "customer",
      title: "Ordered by",
      hint: null,
      repeats: null,
      fields: [
        text("person", "Ordering person", { width: "two-thirds" }),
        text("email", "Reply e-mail", { kind: { is: "email" }, width: "third" }),
      ],
    },
    {
      id: "case",
      title: "Case",
      hint: null,
      repeats: null,
      fields: [
        text("filed", "Has the case been filed", { kind: { is: "yes-no" } }),
        text("number", "Case number"),
        text("plaintiff", "Plaintiff"),
        text("defendant", "Defendant"),
      ],
    },
    {
      id: "subject",
      title: "Subject",
      hint: "The person whose records are asked for",
      repeats: null,
      fields: [
        text("name", "Full name", { width: "two-thirds" }),
        text("loss", "Date of loss", { kind: { is: "date" }, width: "third" }),
        text("ssn", "Social security number", { kind: { is: "ssn" }, width: "third", masked: true }),
        text("address", "Home address", { kind: { is: "address" }, width: "full", masked: true }),
        text("injury", "Injury and treatment", { kind: { is: "paragraph", charsMax: 2_000 }, width: "full" }),
      ],
    },
    {
      id: "locations",
      title: "Locations",
      hint: null,
      repeats: { item: "location", rowsMax: 4 },
      fields: [
        text("custodian", "Custodian or facility", { width: "full" }),
        text("address", "Address", { kind: { is: "address" }, width: "full" }),
        text("phone", "Phone", { kind: { is: "phone" }, width: "third" }),
        text("records", "Record types", {
          width: "full",
          kind: {
            is: "choices",
            options: [
              { id: "medical", label: "Medical" },
              { id: "billing", label: "Billing" },
              { id: "radiology", label: "Radiology and films" },
            ],
          },
        }),
      ],
    },
    {
      id: "delivery",
      title: "Delivery",
      hint: null,
      repeats: null,
      fields: [
        text("level", "Service level", {
          kind: {
            is: "choice",
            style: "radio",
            options: [
              { id: "standard", label: "Standard" },
              { id: "rush", label: "Rush" },
            ],
          },
        }),
        text("form", "Records come as", {
          kind: {
            is: "choice",
            style: "select",
            options: [
              { id: "portal", label: "Files" },
              { id: "paper", label: "Files and paper" },
            ],
          },
        }),
        text("sets", "Paper copy sets", { kind: { is: "count" }, width: "third" }),
        text("limit", "Limit of fees", { kind: { is: "money" }, width: "third", help: "In US dollars" }),
      ],
    },
  ],
};
