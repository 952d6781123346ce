/** Prints rows as a Markdown table. All rows must have the same columns. */
export function printTable(rows: readonly Readonly<Record<string, string | number>>[]): void {
  const columns = Object.keys(rows[0] ?? {});
  const lines = [columns, ...rows.map((row) => columns.map((column) => String(row[column])))];
  const widths = columns.map((_, index) => Math.max(...lines.map((line) => line[index]?.length ?? 0)));
  const isText = columns.map(
    (column) => typeof rows[0]?.[column] === 'string' && Number.isNaN(Number(rows[0][column])),
  );
  const pad = (cell: string, index: number) =>
    isText[index] ? cell.padEnd(widths[index] ?? 0) : cell.padStart(widths[index] ?? 0);
  const [head = [], ...body] = lines.map((line) => `| ${line.map(pad).join(' | ')} |`);
  const rule = `|${widths.map((width, index) => (isText[index] ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|`;
  console.log([head, rule, ...body, ''].join('\n'));
}
