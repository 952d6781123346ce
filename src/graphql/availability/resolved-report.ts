import type { Report } from '../../domain/report.ts';
import type { Row } from '../../domain/row.ts';

/** A report, the rows of which come turn by turn when they are many. */
export type PacedReport = Omit<Report, 'nodes'> & { readonly nodes: readonly Row[] | AsyncIterable<Row> };

/** A report of which each part comes when it is known: rows one by one, and the rest at the end. */
export interface ReportInParts {
  readonly nodes: AsyncIterable<Row>;
  readonly totalCount: () => Promise<Report['totalCount']>;
  readonly coverage: () => Promise<Report['coverage']>;
  readonly freshness: () => Promise<Report['freshness']>;
}

/** What the resolver of a field about availability returns. */
export type ResolvedReport = PacedReport | ReportInParts;
