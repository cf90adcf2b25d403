/** `1,448.50`, as in a column. */
export function centsShown(cents: number): string {
  return (cents / 100).toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
}

/** `$1,448.50`, as in prose. */
export function dollarsShown(cents: number): string {
  return `$${centsShown(cents)}`;
}

/** `1,842,190` */
export function countShown(count: number): string {
  return count.toLocaleString("en-US");
}

/** `2 orders`, `1 order` */
export function counted(count: number, one: string, more = `${one}s`): string {
  return `${countShown(count)} ${count === 1 ? one : more}`;
}

const UNITS = ["KB", "MB", "GB", "TB"];

/** `2.31 GB`, as file managers count: a kilobyte has 1,000 bytes. */
export function sizeShown(bytes: number): string {
  if (bytes < 1000) return counted(bytes, "byte");
  let size = bytes;
  let unit = "";
  for (const next of UNITS) {
    // What rounds to 1,000 belongs to the next unit.
    if (unit !== "" && size < 999.5) break;
    size /= 1000;
    unit = next;
  }
  return `${size < 9.995 ? size.toFixed(2) : size < 99.95 ? size.toFixed(1) : size.toFixed(0)} ${unit}`;
}
