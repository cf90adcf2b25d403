// An order of the sample firm, as it is typed.

import { answer, goToSection } from "./form.mjs";
import { until } from "./webdriver.mjs";

/** Types an order, section by section. */
export async function fill(desk, order = ORDER) {
  for (const [number, answers] of Object.entries(order)) {
    if (number === "6") await addLocation(desk);
    else await goToSection(desk, number);
    for (const [path, given] of Object.entries(answers)) await answer(desk, path, given);
  }
}

async function addLocation(desk) {
  await desk.press("Control+Shift+a");
  await until("the focus in the new location", () =>
    desk.page.run(() => document.activeElement?.closest("[data-path]")?.dataset.path.endsWith(".custodian")),
  );
}

/** Returns what the form shows of the order, as `readForm` reads it. */
export function shownOf(order) {
  const shown = {};
  for (const [path, given] of Object.values(order).flatMap(Object.entries)) {
    const { text, radio, select, checks, parts, mask } = given;
    const says = given.shown ?? text ?? radio ?? select ?? checks ?? parts;
    if (mask !== undefined) shown[path] = { mask, revealed: says };
    else if (parts) for (const [part, words] of Object.entries(parts)) shown[`${path}.${part}`] = words;
    else shown[path] = says;
  }
  return shown;
}

/** The 21st of December next to today, as the form shows it: the first from today on, or the last up to today. */
function december21(looks) {
  const today = new Date();
  const day = (year) => new Date(year, 11, 21);
  const isOver = today.getMonth() === 11 && today.getDate() > 21;
  const isToday = today.getMonth() === 11 && today.getDate() === 21;
  const ahead = today.getFullYear() + (isOver ? 1 : 0);
  return dateShown(day(looks === "ahead" || isToday ? ahead : ahead - 1));
}

function dateShown(date) {
  const [weekday, month, day, year] = date.toDateString().split(" ");
  return `${weekday} ${month} ${Number(day)}, ${year}`;
}

/** A day far enough ahead for records to be produced, whenever the journey is walked. */
const FAR = new Date(new Date().getFullYear() + 1, 11, 21);

/** What is typed, section by section, in the order in which Tab comes to it. */
export const ORDER = {
  1: {
    "customer.person": { text: "Dana Whitfield" },
    "customer.email": { text: "dana.whitfield@hartwell.example" },
    "customer.phone": { text: "562 555 0142", shown: "(562) 555-0142" },
    "customer.attorney": { text: "Ruth Ames" },
    "customer.represents": { text: "Plaintiff Maria Delgado" },
  },
  2: {
    "case.plaintiff": { text: "Maria Delgado" },
    "case.defendant": { text: "Northline Freight, Inc." },
    "case.filed": { radio: "Yes" },
    "case.number": { text: "24STCV01234" },
    "case.federal": { radio: "No" },
    "case.court": { text: "Superior Court of California" },
    "case.filed_on": { text: "3/9/24", shown: "Sat Mar 9, 2024" },
    "case.hearing_date": { text: "12/21", shown: december21("ahead") },
  },
  3: {
    "references.client_matter": { text: "0417-0032" },
    "references.bill_to": { select: "This firm" },
  },
  4: {
    "subject.name": { text: "Maria Delgado" },
    "subject.birth_date": { text: "3/9/84", shown: "Fri Mar 9, 1984", mask: "••/••/1984" },
    "subject.ssn": { text: "219 09 4417", shown: "219-09-4417", mask: "•••-••-4417" },
    "subject.record_number": { text: "MRN-0048-82", mask: "••••••82" },
    "subject.address": {
      parts: { line1: "611 Harbor Road", line2: "Suite 300", city: "Long Beach", state: "CA", zip: "90802" },
      mask: "••••••••",
    },
    "subject.claim_type": { select: "Bodily or personal injury" },
    "subject.injury": { text: "Łumbar strain — “5 < 6 & 7 > 6”", mask: "••••••••" },
  },
  5: {
    "basis.kind": { radio: "State subpoena" },
    "basis.subpoena": { select: "The provider" },
    "basis.instrument": { select: "SUBP-010, business records" },
    "basis.consumer": { radio: "No" },
    "basis.production_date": { text: `12/21/${FAR.getFullYear()}`, shown: dateShown(FAR) },
  },
  6: {
    "locations.0.custodian": { text: "Lakeshore Imaging" },
    "locations.0.address": {
      parts: { line1: "20 Pier Street", city: "Long Beach", state: "CA", zip: "90802" },
    },
    "locations.0.phone": { text: "562 555 0188", shown: "(562) 555-0188" },
    "locations.0.records": { checks: ["Medical", "Radiology and films"] },
    "locations.0.note": { text: "Films on disc, please" },
  },
  7: {
    "scope.period": { select: "From a date to a date" },
    "scope.from": { text: "1/1/20", shown: "Wed Jan 1, 2020" },
    "scope.to": { text: "12/21", shown: december21("back") },
    "scope.certified": { radio: "Yes" },
  },
  8: {
    "delivery.level": { select: "Rush" },
    "delivery.form": { select: "Files and paper" },
    "delivery.copy_sets": { text: "2" },
  },
  9: { "instructions.provider": { text: "Call Dana before the 12/21 date." } },
};
