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
 * The completeness of an answer. `expected` is the number of requested cells, `observed` is the number of those that were observed, and
 * `failed` is the number of the others.
 */
export interface Coverage {
  readonly complete: boolean;
  readonly expected: number;
  readonly observed: number;
  readonly failed: number;
  readonly failures: readonly ReportedFailure[];
}

/** The answer to an availability query. */
export interface Report {
  readonly nodes: readonly Row[];
  /** The number of matching rows before `first` was applied. */
  readonly totalCount: number;
  readonly coverage: Coverage;
  /** The freshness of all observed cells, including the cells whose rows are not returned. */
  readonly freshness: Freshness;
}

/** Asks for the availability of one pod size, for each of the given GPU types in each of the given data centers. */
export interface AvailabilityQuery extends TypesScope {
  readonly conditions: RowConditions;
  readonly order: RowOrder;
  /** The maximum number of rows in the report; `null` for all rows. */
  readonly first: number | null;
}

/** Creates the answer to `query` from the rows of each GPU type. Every requested cell counts as either observed or failed. */
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

/** Returns how many of the `expected` cells were observed, and how old the observations are. */
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
