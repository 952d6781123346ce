import type { Row } from './row.ts';
import { meets, type RowConditions } from './row-conditions.ts';
import { compareRows, type RowOrder } from './row-order.ts';
import {
  type Freshness,
  type GrowingFreshness,
  include,
  NO_FRESHNESS,
  type ReportedFailure,
  type TypeRows,
  type TypesScope,
} from './type-rows.ts';

/**
 * How complete a result is. The result covers `expected` combinations of GPU type and data center. RunPod's data is known for `observed` of
 * them, and missing for `failed` of them.
 */
export interface Coverage {
  readonly complete: boolean;
  readonly expected: number;
  readonly observed: number;
  readonly failed: number;
  readonly failures: readonly ReportedFailure[];
}

/** The result of an availability query: which GPU types can be rented in which data centers. */
export interface Report {
  readonly nodes: readonly Row[];
  /** The number of matching rows before the limit `first` was applied. */
  readonly totalCount: number;
  readonly coverage: Coverage;
  /** How fresh the data of the query is, including the data whose rows are not returned. */
  readonly freshness: Freshness;
}

/** A query for the availability of one pod size, for each of the given GPU types in each of the given data centers. */
export interface AvailabilityQuery extends TypesScope {
  readonly conditions: RowConditions;
  readonly order: RowOrder;
  /** The maximum number of rows in the report; `null` for all rows. */
  readonly first: number | null;
}

/** Creates the result of `query` from the rows of each GPU type. */
export function createReport(query: AvailabilityQuery, typeRows: readonly TypeRows[]): Report {
  const { gpuTypes, dataCenters, conditions } = query;
  const rows: Row[] = [];
  for (const known of typeRows) {
    for (const row of conditions.includeUnavailable ? known.rows : known.available) {
      if (meets(row, conditions)) rows.push(row);
    }
  }
  rows.sort(compareRows(query.order));
  return {
    nodes: query.first === null ? rows : rows.slice(0, query.first),
    totalCount: rows.length,
    ...summarise(gpuTypes.length * dataCenters.length, typeRows),
  };
}

/** Returns how complete and how fresh the given rows are. `expected` is the number of requested rows. */
export function summarise(expected: number, typeRows: readonly TypeRows[]): Pick<Report, 'coverage' | 'freshness'> {
  const failures: ReportedFailure[] = [];
  const freshness: GrowingFreshness = { ...NO_FRESHNESS };
  let failed = 0;
  for (const rows of typeRows) {
    failed += rows.failed;
    failures.push(...rows.failures);
    include(rows.freshness, freshness);
  }
  return {
    coverage: { complete: failed === 0, expected, observed: expected - failed, failed, failures },
    freshness,
  };
}
