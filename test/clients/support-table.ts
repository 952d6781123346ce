import packageJson from '../../package.json' with { type: 'json' };

/** A way in which a client can use a feature (`how`), and a test of it (`run`). The test passes if `run` does not reject. */
export interface Proof {
  readonly how: string;
  readonly run: () => Promise<unknown>;
}

/** The ways in which a client can use a feature, or a text that explains why the client cannot use it. */
export type Cell = readonly Proof[] | string;

/** A row of the table: a client, and one cell for each column, in the order of the columns. */
export interface Row {
  readonly name: string;
  readonly cells: readonly Cell[];
}

/** A table about clients of one kind. */
export interface Table {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
}

/** Returns the version of a dependency, as package.json states it. */
export function versionOf(name: keyof typeof packageJson.devDependencies): string {
  return packageJson.devDependencies[name];
}

/** Returns all tests in a row of the table, each with the title of its column. */
export const proofsOf = ({ columns }: Table, { cells }: Row) =>
  cells.flatMap((cell, index) =>
    typeof cell === 'string' ? [] : cell.map((proof) => ({ column: columns[index] ?? '', proof })),
  );

/** Returns the tables in Markdown. A cell says "yes" only for tests that are in `passed`. */
export const printTables = (tables: readonly Table[], passed: ReadonlySet<Proof>): string =>
  tables.map((table) => `## ${table.title}\n\n${printTable(table, passed)}\n`).join('\n');

function printTable({ columns, rows }: Table, passed: ReadonlySet<Proof>): string {
  const lines = rows.map(({ name, cells }) => [name, ...cells.map((cell) => printCell(cell, passed))]);
  return [['', ...columns], ['', ...columns].map(() => '---'), ...lines]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
}

function printCell(cell: Cell, passed: ReadonlySet<Proof>): string {
  if (typeof cell === 'string') return cell;
  const [works, fails] = [true, false].map((isWanted) => cell.filter((proof) => passed.has(proof) === isWanted));
  const parts = [said('yes', works ?? []), said('no', fails ?? [])];
  return parts.filter((part) => part !== '').join('; ');
}

const said = (word: string, proofs: readonly Proof[]): string =>
  proofs.length === 0 ? '' : `${word}: ${proofs.map(({ how }) => how).join(', ')}`;
