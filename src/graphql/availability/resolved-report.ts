import type { Report } from '../../domain/report.ts';
import type { Row } from '../../domain/row.ts';

/** A report. If the operation is large, the rows of the report arrive over several turns of the event loop. */
export type PacedReport = Omit<Report, 'nodes'> & { readonly nodes: readonly Row[] | AsyncIterable<Row> };

/** A report for incremental delivery: rows arrive one by one, and the other fields resolve when all rows are known. */
export interface ReportInParts {
  readonly nodes: AsyncIterable<Row>;
  readonly totalCount: () => Promise<Report['totalCount']>;
  readonly coverage: () => Promise<Report['coverage']>;
  readonly freshness: () => Promise<Report['freshness']>;
}

/** The value that the resolver of an availability field returns. */
export type ResolvedReport = PacedReport | ReportInParts;
