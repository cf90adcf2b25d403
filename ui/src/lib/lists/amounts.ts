/** `1,842,190` */
export function countShown(count: number): string {
  return count.toLocaleString("en-US");
}
