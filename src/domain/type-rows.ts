import type { DataCenter } from './data-center.ts';
import { type FailureCode, UpstreamError } from './errors.ts';
import type { GpuType } from './gpu-type.ts';
import type { Cell, Observation, ObservedCell } from './observation.ts';
import { observedRow, type Row, unknownRow } from './row.ts';

/** The result of observing one GPU type: its observation, or the error that prevented the observation. */
export type ObservationResult = Observation | UpstreamError;

/** The failure to observe a GPU type in one data center. If `dataCenter` is `null`, the failure applies to all requested data centers. */
export interface ReportedFailure {
  readonly gpuType: GpuType;
  readonly dataCenter: DataCenter | null;
  readonly code: FailureCode;
  readonly message: string;
}

/**
 * How fresh a set of observed values is. `observedAt` is the time of the oldest value, `newestObservedAt` is the time of the newest value,
 * and `stale` is whether any value is stale.
 */
export interface Freshness {
  readonly observedAt: string | null;
  readonly newestObservedAt: string | null;
  /** When the oldest value was requested from RunPod, in monotonic milliseconds; `Infinity` for an empty set. */
  readonly oldestAskedAt: number;
  /** When the newest value was requested from RunPod, in monotonic milliseconds; minus infinity if there are no values. */
  readonly newestAskedAt: number;
  readonly stale: boolean;
}

/** The freshness of an empty set of observed values. */
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
  /** The combined freshness of all rows. */
  readonly freshness: Freshness;
  /** The number of rows whose availability could not be observed. */
  readonly failed: number;
  readonly failures: readonly ReportedFailure[];
}

/** Selects the rows of one GPU type in some data centers, for pods with `gpuCount` GPUs. */
export interface TypeScope {
  readonly gpuType: GpuType;
  readonly dataCenters: readonly DataCenter[];
  readonly gpuCount: number;
}

/**
 * Returns the rows of one GPU type, one row for each data center. The rows of an observation are created once and reused. A repeated call
 * with the same observation and the same array of data centers returns the same object.
 */
export function toTypeRows(scope: TypeScope, outcome: ObservationResult): TypeRows {
  if (outcome instanceof UpstreamError) return failedRows(scope, outcome);
  const made = madeOf(outcome, scope.gpuType);
  const known = made.byList.get(scope.dataCenters) ?? observedRows(scope, made);
  made.byList.set(scope.dataCenters, known);
  return known;
}

/** Selects the rows of several GPU types in some data centers, for pods with `gpuCount` GPUs. */
export interface TypesScope {
  readonly gpuTypes: readonly GpuType[];
  readonly dataCenters: readonly DataCenter[];
  readonly gpuCount: number;
}

/** Returns the rows of each GPU type, in the order of `gpuTypes`. `outcomes` contains one result for each GPU type, in the same order. */
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
  /** The result for each data center, by the id of the data center. */
  readonly cells: ReadonlyMap<string, Cell>;
  readonly rows: WeakMap<DataCenter, Row>;
  readonly byList: WeakMap<readonly DataCenter[], TypeRows>;
}

const madeOfObservation = new WeakMap<Observation, Made>();

/** Returns the stored rows of an observation. Starts with an empty collection if no rows are stored yet, or if the GPU type has changed. */
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

/** The freshness of a set of observed values. `include` can add further values to the set. */
export type GrowingFreshness = { -readonly [Key in keyof Freshness]: Freshness[Key] };

const freshnessOf = ({ observedAt, askedAt, stale }: ObservedCell): Freshness => ({
  observedAt,
  newestObservedAt: observedAt,
  oldestAskedAt: askedAt,
  newestAskedAt: askedAt,
  stale,
});

/** Extends the freshness `sum` of some values by a further set of values, whose freshness is `added`. */
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
