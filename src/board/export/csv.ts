/** A value of a table for export. A missing value is an empty field. */
export type CsvValue = string | number | boolean | null;

/** Spreadsheets run a text that begins with one of these characters as a formula. */
const FORMULA_START = /^[=+\-@\t\r\n＝＋－＠]/u;

/** These characters have a meaning in CSV, so a field that contains one is quoted. */
const SPECIAL = /[",\r\n]/;

/**
 * Returns a table as CSV by RFC 4180, with a header row. A text that a spreadsheet would run as a formula gets an apostrophe in front, so
 * that the spreadsheet shows it as text.
 */
export function toCsv(header: readonly string[], rows: readonly (readonly CsvValue[])[]): string {
  return [header, ...rows].map((row) => `${row.map(toField).join(',')}\r\n`).join('');
}

function toField(value: CsvValue): string {
  if (typeof value !== 'string') return value === null ? '' : String(value);
  const text = FORMULA_START.test(value) ? `'${value}` : value;
  return SPECIAL.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
