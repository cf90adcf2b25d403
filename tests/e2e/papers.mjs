// Files to attach, made where a journey needs them.

import { createHash } from "node:crypto";
import { closeSync, openSync, readdirSync, statSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";

const PIECE_BYTES = 4 * 1024 * 1024;
const REGION_BYTES = 4_194_304;
const REGION_MORE_BYTES = 28;

/** Writes a PDF of so many pages, with a table of its objects, as a program that prints to PDF does. */
export function writePdf(path, pages) {
  const numbers = Array.from({ length: pages }, (_, page) => 4 + 2 * page);
  const objects = [
    "<< /Type /Catalog /Pages 2 0 R >>",
    `<< /Type /Pages /Count ${pages} /Kids [${numbers.map((number) => `${number} 0 R`).join(" ")}] >>`,
    "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
  ];
  for (const number of numbers) {
    const text = `BT /F1 18 Tf 72 720 Td (Page ${(number - 2) / 2} of ${pages}) Tj ET`;
    objects.push(
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << /Font << /F1 3 0 R >> >> /Contents ${number + 1} 0 R >>`,
      `<< /Length ${text.length} >>\nstream\n${text}\nendstream`,
    );
  }
  let pdf = "%PDF-1.4\n";
  const places = objects.map((object, place) => {
    const at = pdf.length;
    pdf += `${place + 1} 0 obj\n${object}\nendobj\n`;
    return `${String(at).padStart(10, "0")} 00000 n \n`;
  });
  const table = `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${places.join("")}`;
  const trailer = `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${pdf.length}\n%%EOF\n`;
  writeFileSync(path, pdf + table + trailer);
  return paperOf(
    path,
    createHash("sha256")
      .update(pdf + table + trailer)
      .digest("hex"),
  );
}

/** Writes a file of so many bytes, each piece another one, and returns its length and SHA-256. */
export function writeLarge(path, bytes) {
  const hash = createHash("sha256");
  const file = openSync(path, "w");
  const piece = Buffer.alloc(PIECE_BYTES, "a scanned page, ");
  for (let written = 0; written < bytes; written += PIECE_BYTES) {
    piece.writeUInt32BE(written / PIECE_BYTES);
    const part = piece.subarray(0, Math.min(PIECE_BYTES, bytes - written));
    writeSync(file, part);
    hash.update(part);
  }
  closeSync(file);
  return paperOf(path, hash.digest("hex"));
}

function paperOf(path, sha256) {
  return { path, length: statSync(path).size, sha256 };
}

/** The length of a sealed file, as docs/FORMATS.md gives it. */
export function sealedLength({ length }) {
  return length + REGION_MORE_BYTES * Math.ceil(length / REGION_BYTES);
}

/** Returns the sealed files of a vault by their names, with lengths and times, and what is there besides. */
export function sealedFiles(vault) {
  const folder = join(vault, "attachments");
  return readdirSync(folder)
    .sort()
    .map((name) => {
      const { size, mtimeMs, ino } = statSync(join(folder, name));
      return { name, size, mtimeMs, ino };
    });
}
