import type { DataCenter } from './data-center.ts';
import { type FailureCode, UpstreamError } from './errors.ts';
import type { GpuType } from './gpu-type.ts';
import type { Cell, Observation, ObservedCell } from './observation.ts';
import { observedRow, type Row, unknownRow } from './row.ts';

/** The result of observing one GPU type: its observation, or the error that prevented the observation. */
export type ObservationResult = Observation | UpstreamError;

/** The failure of one cell, or of all requested cells of `gpuType` if `dataCenter` is `null`. */
export interface ReportedFailure {
  readonly gpuType: GpuType;
  readonly dataCenter: DataCenter | null;
  readonly code: FailureCode;
  readonly message: string;
}

/**
 * The freshness of a set of cells. `observedAt` is when the oldest cell was observed, `newestObservedAt` is when the newest cell was
 * observed, and `stale` is whether any cell is stale.
 */
export interface Freshness {
  readonly observedAt: string | null;
  readonly newestObservedAt: string | null;
  /** The `askedAt` of the oldest cell; plus infinity for an empty set. */
  readonly oldestAskedAt: number;
  /** The `askedAt` of the newest cell; minus infinity for an empty set. */
  readonly newestAskedAt: number;
  readonly stale: boolean;
}

/** The freshness of an empty set of cells. */
export const NO_FRESHNESS: Freshness = {
  observedAt: null,
  newestObservedAt: null,
  oldestAskedAt: Number.POSITIVE_INFINITY,
  newestAskedAt: Number.NEGATIVE_INFINITY,
  stale: false,
};

/** The rows of one GPU type in some data centers, with their freshness and their failures. */
export interface TypeRows {
  /** One row for each data center, in the order of the data centers. */
  readonly rows: readonly Row[];
  /** The rows that can be rented. */
  readonly available: readonly Row[];
  /** The freshness of all rows together. */
  readonly freshness: Freshness;
  /** The number of failed cells. */
  readonly failed: number;
  readonly failures: readonly ReportedFailure[];
}

/** One GPU type in some data centers, for pods with `gpuCount` GPUs. */
export interface TypeScope {
  readonly gpuType: GpuType;
  readonly dataCenters: readonly DataCenter[];
  readonly gpuCount: number;
}

/**
 * Returns the rows of one GPU type. The cell of each data center is found by its id. Rows are created only once for each observation and
 * reused. A repeated call with the same observation and the same array of data centers returns the same object at almost no cost.
 */
export function toTypeRows(scope: TypeScope, outcome: ObservationResult): TypeRows {
  if (outcome instanceof UpstreamError) return failedRows(scope, outcome);
  const made = madeOf(outcome, scope.gpuType);
  const known = made.byList.get(scope.dataCenters) ?? observedRows(scope, made);
  made.byList.set(scope.dataCenters, known);
  return known;
}

/** Several GPU types in some data centers, for pods with `gpuCount` GPUs. */
export interface TypesScope {
  readonly gpuTypes: readonly GpuType[];
  readonly dataCenters: readonly DataCenter[];
  readonly gpuCount: number;
}

/** Returns the rows of each GPU type, in the order of `gpuTypes`. `outcomes` contains the result for each GPU type in the same order. */
export function toRowsOfTypes(scope: TypesScope, outcomes: readonly ObservationResult[]): readonly TypeRows[] {
  const { gpuTypes, dataCenters, gpuCount } = scope;
  return gpuTypes.map((gpuType, index) => {
    const outcome = outcomes[index];
    if (outcome === undefined) throw new Error(`no outcome for ${gpuType.id}`);
    return toTypeRows({ gpuType, dataCenters, gpuCount }, outcome);
  });
}

/** The rows that were created from an observation, stored for reuse. */
interface Made {
  readonly gpuType: GpuType;
  /** The cells, by data center id. */
  readonly cells: ReadonlyMap<string, Cell>;
  readonly rows: WeakMap<DataCenter, Row>;
  readonly byList: WeakMap<readonly DataCenter[], TypeRows>;
}

const madeOfObservation = new WeakMap<Observation, Made>();

/**
 * Returns the stored rows of an observation. If the GPU type has changed since they were created, discards them and starts with no rows.
 */
function madeOf(observation: Observation, gpuType: GpuType): Made {
  const known = madeOfObservation.get(observation);
  if (known?.gpuType === gpuType) return known;
  const cells = new Map(observation.cells.map((cell) => [cell.dataCenterId, cell]));
  const made = { gpuType, cells, rows: new WeakMap(), byList: new WeakMap() };
  madeOfObservation.set(observation, made);
  return made;
}

function observedRows({ gpuType, dataCenters, gpuCount }: TypeScope, { cells, rows: known }: Made): TypeRows {
  const failures: ReportedFailure[] = [];
  const freshness: GrowingFreshness = { ...NO_FRESHNESS };
  const rows = dataCenters.map((dataCenter): Row => {
    const cell = cells.get(dataCenter.id);
    const identity = { gpuType, dataCenter, gpuCount };
    if (cell?.failure !== null) {
      failures.push({ gpuType, dataCenter, ...(cell?.failure ?? NOT_ASKED) });
      return unknownRow(identity);
    }
    const row = known.get(dataCenter) ?? observedRow(identity, cell);
    known.set(dataCenter, row);
    include(freshnessOf(cell), freshness);
    return row;
  });
  const available = rows.filter((row) => row.available === true);
  return { rows, available, freshness, failed: failures.length, failures };
}

const NOT_ASKED = { code: 'NOT_ATTEMPTED', message: 'RunPod has not answered about this data center yet' } as const;

function failedRows({ gpuType, dataCenters, gpuCount }: TypeScope, { code, message }: UpstreamError): TypeRows {
  const rows = dataCenters.map((dataCenter) => unknownRow({ gpuType, dataCenter, gpuCount }));
  const failures = rows.length === 0 ? [] : [{ gpuType, dataCenter: null, code, message }];
  return { rows, available: [], freshness: NO_FRESHNESS, failed: rows.length, failures };
}

/** The freshness of a growing set of cells. `include` adds cells to the set. */
export type GrowingFreshness = { -readonly [Key in keyof Freshness]: Freshness[Key] };

const freshnessOf = ({ observedAt, askedAt, stale }: ObservedCell): Freshness => ({
  observedAt,
  newestObservedAt: observedAt,
  oldestAskedAt: askedAt,
  newestAskedAt: askedAt,
  stale,
});

/** Adds the cells that `added` describes to the set of cells that `sum` describes. */
export function include(added: Freshness, sum: GrowingFreshness): void {
  if (added.oldestAskedAt < sum.oldestAskedAt) {
    sum.oldestAskedAt = added.oldestAskedAt;
    sum.observedAt = added.observedAt;
  }
  if (added.newestAskedAt > sum.newestAskedAt) {
    sum.newestAskedAt = added.newestAskedAt;
    sum.newestObservedAt = added.newestObservedAt;
  }
  sum.stale ||= added.stale;
}
