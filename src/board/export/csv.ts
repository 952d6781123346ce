/** A value in an exported table. Null becomes an empty field. */
export type CsvValue = string | number | boolean | null;

/** A row of an exported file: a value, or a list of numbers, for each column. */
export type ExportedRow<Column extends string> = Readonly<Record<Column, CsvValue | readonly number[]>>;

/** If a text begins with one of these characters, a spreadsheet runs it as a formula. */
const FORMULA_START = /^[=+\-@\t\r\n＝＋－＠]/u;

/** These characters have a meaning in CSV, so a field that contains one is quoted. */
const SPECIAL = /[",\r\n]/;

/** Matches a text that contains a character outside ASCII. */
const NOT_ASCII = /[^\0-\x7f]/;

/** Without a byte order mark at its beginning, Excel does not read a file as UTF-8, but in an encoding of the visitor's country. */
const BYTE_ORDER_MARK = '\ufeff';

/**
 * Returns a table as CSV by RFC 4180, with a header row. A text that a spreadsheet would run as a formula gets an apostrophe in front, so
 * that the spreadsheet shows it as text. The file begins with a byte order mark only if it contains characters outside ASCII, because Excel
 * would misread these without the mark. Many other programs read the mark as a part of the first column's name.
 */
export function toCsv(header: readonly string[], rows: readonly (readonly CsvValue[])[]): string {
  const text = [header, ...rows].map((row) => `${row.map(toField).join(',')}\r\n`).join('');
  return NOT_ASCII.test(text) ? `${BYTE_ORDER_MARK}${text}` : text;
}

/** Returns rows as CSV, with the names of their columns as the header row. A list is one field, with spaces between its numbers. */
export function rowsToCsv<Column extends string>(
  columns: readonly Column[],
  rows: readonly ExportedRow<Column>[],
): string {
  return toCsv(
    columns,
    rows.map((row) => columns.map((column) => toValue(row[column]))),
  );
}

const toValue = (value: CsvValue | readonly number[]): CsvValue => (isList(value) ? value.join(' ') : value);

const isList = (value: CsvValue | readonly number[]): value is readonly number[] => Array.isArray(value);

function toField(value: CsvValue): string {
  if (typeof value !== 'string') return value === null ? '' : String(value);
  const text = FORMULA_START.test(value) ? `'${value}` : value;
  return SPECIAL.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
