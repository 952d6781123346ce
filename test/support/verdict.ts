/** A row with the fields that the soak tests select. */
export interface Row {
  readonly gpuType: { readonly id: string };
  readonly dataCenter: { readonly id: string; readonly region: string };
  readonly gpuCount: number;
  readonly available: boolean | null;
  readonly stock: string;
  readonly onDemandPrice: HourlyPrice | null;
  readonly spotPrice: HourlyPrice | null;
  readonly availableGpuCounts: readonly number[] | null;
  readonly spotObservedAt: string | null;
  readonly observedAt: string | null;
  readonly stale: boolean;
}

interface HourlyPrice {
  readonly perGpu: number;
  readonly perPod: number;
}

/** A report with the fields that the soak tests select. */
export interface Report {
  readonly totalCount: number;
  readonly nodes: readonly Row[];
  readonly coverage: {
    readonly complete: boolean;
    readonly expected: number;
    readonly observed: number;
    readonly failed: number;
    readonly failures: readonly { readonly gpuType: { id: string }; readonly dataCenter: { id: string } | null }[];
  };
  readonly freshness: {
    readonly observedAt: string | null;
    readonly newestObservedAt: string | null;
    readonly stale: boolean;
  };
}

/** An answer to a query, and everything that is needed to check the answer. Times are in milliseconds by the gateway's clock. */
export interface Case {
  readonly report: Report;
  /** The correct rows, one for each requested cell. The gateway would serve these rows if RunPod had no faults. */
  readonly truth: readonly Row[];
  readonly includeUnavailable: boolean;
  readonly askedAt: number;
  readonly answeredAt: number;
  readonly freshMs: number;
  readonly staleMs: number;
}

/** The values that identify a cell: a GPU type, a data center and a pod size. */
export interface CellName {
  readonly gpuType: { readonly id: string };
  readonly dataCenter: { readonly id: string };
  readonly gpuCount: number;
}

/** Returns the name of a cell. The name is used in messages and as the key of the cell. */
export const cellOf = ({ gpuType, dataCenter, gpuCount }: CellName): string =>
  `${gpuType.id} × ${gpuCount} in ${dataCenter.id}`;

/** Returns the errors in an answer: wrong or missing cells, wrong ages, and inconsistent counts. */
export function faultsOf(judged: Case): string[] {
  return [...faultsOfRows(judged), ...faultsOfCoverage(judged), ...faultsOfFreshness(judged)];
}

/** Returns the names of the cells that an answer reports as failed. If an answer reports a cell twice, the name occurs twice. */
export function failedCells({ report, truth }: Pick<Case, 'report' | 'truth'>): string[] {
  return report.coverage.failures.flatMap((failure) =>
    truth
      .filter(({ gpuType }) => gpuType.id === failure.gpuType.id)
      .filter(({ dataCenter }) => failure.dataCenter === null || failure.dataCenter.id === dataCenter.id)
      .map(cellOf),
  );
}

function* faultsOfRows(judged: Case) {
  const { report, truth, includeUnavailable } = judged;
  const failed = new Set(failedCells(judged));
  const shown = new Map(report.nodes.map((row) => [cellOf(row), row]));
  if (shown.size !== report.nodes.length || report.totalCount !== shown.size) yield 'a row is doubled or not counted';
  for (const right of truth) {
    const cell = cellOf(right);
    const row = shown.get(cell);
    const isExpected = includeUnavailable || (right.available === true && !failed.has(cell));
    shown.delete(cell);
    if ((row !== undefined) !== isExpected) yield `${cell} is ${row === undefined ? 'missing' : 'shown'}`;
    if (row === undefined) continue;
    if (failed.has(cell)) yield* faultsOfUnknown(cell, row);
    else yield* faultsOfObserved(cell, row, right, judged);
  }
  for (const cell of shown.keys()) yield `${cell} was not asked for`;
}

function* faultsOfUnknown(cell: string, row: Row) {
  const { available, stock, onDemandPrice, spotPrice, availableGpuCounts, observedAt, stale } = row;
  const known = [available, onDemandPrice, spotPrice, availableGpuCounts, observedAt].some((value) => value !== null);
  if (known || stock !== 'UNKNOWN' || stale) yield `${cell} has failed, and shows ${JSON.stringify(row)}`;
}

function* faultsOfObserved(cell: string, row: Row, right: Row, { askedAt, answeredAt, freshMs, staleMs }: Case) {
  if (whatIsSaid(row) !== whatIsSaid(right)) yield `${cell} is wrong: ${whatIsSaid(row)}, not ${whatIsSaid(right)}`;
  // The gateway looked up the cell at some moment between the query and the answer. At that moment, the cell was between `least` and `most`
  // milliseconds old.
  const observedAt = Date.parse(row.observedAt ?? '');
  const [least, most] = [askedAt - observedAt, answeredAt - observedAt];
  const age = `${cell} is observed between ${least} and ${most} ms ago`;
  if (!(most >= 0 && least < staleMs)) yield `${age}, and served`;
  if (row.stale ? most < freshMs : least >= freshMs) yield `${age}, and ${row.stale ? '' : 'not '}declared stale`;
}

const whatIsSaid = ({ available, stock, onDemandPrice, spotPrice, availableGpuCounts }: Row) =>
  JSON.stringify([available, stock, onDemandPrice, spotPrice, availableGpuCounts]);

function* faultsOfCoverage(judged: Case) {
  const { complete, expected, observed, failed } = judged.report.coverage;
  const declared = failedCells(judged);
  if (new Set(declared).size !== declared.length) yield 'a failure is declared twice';
  const right = [judged.truth.length, judged.truth.length - declared.length, declared.length, declared.length === 0];
  const told = [expected, observed, failed, complete];
  if (told.join() !== right.join()) yield `coverage is ${told.join(', ')}, not ${right.join(', ')}`;
}

/**
 * Compares the freshness of a report (its oldest and newest observation time) with the observation times of its rows. The freshness covers
 * all requested cells, but the rows may omit cells that cannot be rented. In that case, the freshness may cover a longer period than the
 * rows.
 */
function* faultsOfFreshness({ report, includeUnavailable }: Case) {
  const times = report.nodes.flatMap(({ observedAt }) => observedAt ?? []).toSorted();
  const rows = [times.at(0) ?? null, times.at(-1) ?? null, report.nodes.some(({ stale }) => stale)] as const;
  const { observedAt, newestObservedAt, stale } = report.freshness;
  const told = `freshness is ${observedAt} to ${newestObservedAt}, stale: ${stale}; that of the rows: ${rows.join(', ')}`;
  const isSame = observedAt === rows[0] && newestObservedAt === rows[1] && stale === rows[2];
  const encloses = (observedAt ?? '') <= (rows[0] ?? '~') && (newestObservedAt ?? '') >= (rows[1] ?? '');
  if (includeUnavailable ? !isSame : !encloses || (rows[2] && !stale)) yield told;
}
