import type { DataCenter } from './data-center.ts';
import { type FailureCode, UpstreamError } from './errors.ts';
import type { GpuType } from './gpu-type.ts';
import type { Observation } from './observation.ts';
import { observedRow, type Row, unknownRow } from './row.ts';
import { meets, type RowConditions } from './row-conditions.ts';
import { compareRows, type RowOrder } from './row-order.ts';

/** Cells without an answer: all of `gpuType` when `dataCenter` is `null`. */
export interface ReportedFailure {
  readonly gpuType: GpuType;
  readonly dataCenter: DataCenter | null;
  readonly code: FailureCode;
  readonly message: string;
}

/** How much of what was asked is known. `expected` = `observed` + `failed`, in cells. */
export interface Coverage {
  readonly complete: boolean;
  readonly expected: number;
  readonly observed: number;
  readonly failed: number;
  readonly failures: readonly ReportedFailure[];
}

/** How old the answers are, over every cell asked for, shown as a row or not. */
export interface Freshness {
  readonly observedAt: string | null;
  readonly newestObservedAt: string | null;
  readonly stale: boolean;
}

/** The answer to a question. */
export interface Report {
  readonly nodes: readonly Row[];
  /** Rows that matched, before `first`. */
  readonly totalCount: number;
  readonly coverage: Coverage;
  readonly freshness: Freshness;
}

/** What is asked: every GPU type in every data center, for one count. */
export interface Question {
  readonly gpuTypes: readonly GpuType[];
  readonly dataCenters: readonly DataCenter[];
  readonly gpuCount: number;
  readonly conditions: RowConditions;
  readonly order: RowOrder;
  /** At most this many rows; `null` for all. */
  readonly first: number | null;
}

/** What became of asking for one GPU type. */
export type Outcome = Observation | UpstreamError;

/**
 * Builds the answer to `question` from what became of asking for each of its GPU types, in the same order. Cells are found
 * by data center id; every cell asked for ends as observed or failed.
 */
export function createReport(question: Question, outcomes: readonly Outcome[]): Report {
  const rows: Row[] = [];
  const failures: ReportedFailure[] = [];
  const freshness = { observedAt: null, newestObservedAt: null, stale: false };
  let failed = 0;
  question.gpuTypes.forEach((gpuType, index) => {
    const cells = cellsOf(gpuType, outcomes[index], question);
    failed += cells.failed;
    failures.push(...cells.failures);
    for (const row of cells.rows) {
      include(row, freshness);
      if (meets(row, question.conditions)) rows.push(row);
    }
  });
  rows.sort(compareRows(question.order));
  const expected = question.gpuTypes.length * question.dataCenters.length;
  return {
    nodes: question.first === null ? rows : rows.slice(0, question.first),
    totalCount: rows.length,
    coverage: { complete: failed === 0, expected, observed: expected - failed, failed, failures },
    freshness,
  };
}

interface TypeCells {
  readonly rows: readonly Row[];
  readonly failed: number;
  readonly failures: readonly ReportedFailure[];
}

function cellsOf(gpuType: GpuType, outcome: Outcome | undefined, { dataCenters, gpuCount }: Question): TypeCells {
  if (outcome === undefined) throw new Error(`no outcome for ${gpuType.id}`);
  if (outcome instanceof UpstreamError) {
    const failure = { gpuType, dataCenter: null, code: outcome.code, message: outcome.message };
    const rows = dataCenters.map((dataCenter) => unknownRow({ gpuType, dataCenter, gpuCount }));
    return { rows, failed: dataCenters.length, failures: dataCenters.length === 0 ? [] : [failure] };
  }
  const cellById = new Map(outcome.cells.map((cell) => [cell.dataCenterId, cell]));
  const failures: ReportedFailure[] = [];
  const rows = dataCenters.map((dataCenter): Row => {
    const cell = cellById.get(dataCenter.id);
    const identity = { gpuType, dataCenter, gpuCount };
    if (cell?.failure === null) return observedRow(identity, cell);
    failures.push({ gpuType, dataCenter, ...(cell?.failure ?? NOT_ASKED) });
    return unknownRow(identity);
  });
  return { rows, failed: failures.length, failures };
}

const NOT_ASKED = { code: 'NOT_ATTEMPTED', message: 'RunPod has not answered about this data center yet' } as const;

/** Widens `freshness` by when a row was observed. Times in one format compare as text. */
function include({ observedAt, stale }: Row, freshness: { -readonly [Key in keyof Freshness]: Freshness[Key] }): void {
  if (observedAt === null) return;
  if (freshness.observedAt === null || observedAt < freshness.observedAt) freshness.observedAt = observedAt;
  if (freshness.newestObservedAt === null || observedAt > freshness.newestObservedAt) {
    freshness.newestObservedAt = observedAt;
  }
  freshness.stale ||= stale;
}
