import { Kind } from 'graphql';
import { type AvailabilityQuery, createReport, type Report } from '../../domain/report.ts';
import type { Row } from '../../domain/row.ts';
import type { TypeRows } from '../../domain/type-rows.ts';
import type { Budget } from '../../loaders/budget.ts';
import type { GraphQLContext } from '../context.ts';
import type { SizeOfReport } from '../cost/report-size.ts';
import type { Size } from '../cost/selected-size.ts';
import { createMention } from '../operation/mentions.ts';
import type { AvailabilityArguments } from './parse-arguments.ts';
import { readQuery, resolveFromMemory } from './resolve-availability.ts';
import type { ResolvedReport } from './resolved-report.ts';

/** Whether the operation uses incremental delivery: `@defer` or `@stream`. */
export const isDeliveredInParts = createMention(Kind.DIRECTIVE, new Set(['defer', 'stream']));

/**
 * Resolves an availability field like `resolveAvailability`, but returns before all data has arrived. If the rows are ordered by GPU type,
 * the rows of the first GPU types are sent while the other GPU types are still being loaded. Rejects with the same errors as
 * `resolveAvailability`, before any availability is requested from RunPod.
 */
export async function streamAvailability(
  { loaders, pace }: Pick<GraphQLContext, 'loaders' | 'pace'>,
  args: AvailabilityArguments,
  sizeOf: SizeOfReport,
): Promise<ResolvedReport> {
  const known = resolveFromMemory({ loaders, pace }, args, sizeOf);
  if (known !== null) return known;
  const { query, lists } = await readQuery(loaders, args);
  await loaders.foresee([query]);
  // The first parts of the response are sent before it is known how long the whole response is valid, so the response must not be cached.
  loaders.validity.readMoment();
  const size = sizeOf(lists);
  const spend = createSpending(loaders.budget, query, size);
  const spread = (rows: readonly Row[]) => pace.spread(rows, size.row);
  const typeRows = loaders.rowsOfTypesInTurn(query).map(async (loading) => spend(await loading));
  const whole = Promise.all(typeRows).then((all) => createReport(query, all));
  // If the operation selects only the rows, nothing awaits `whole`, so a rejection would be unhandled. It is safe to ignore, because the
  // rows report the same failure.
  whole.catch(() => {});
  return {
    nodes: {
      [Symbol.asyncIterator]: () => (isByType(query) ? rowsByType(query, typeRows, spread) : rowsOf(whole, spread)),
    },
    totalCount: async () => (await whole).totalCount,
    coverage: async () => (await whole).coverage,
    freshness: async () => (await whole).freshness,
  };
}

/**
 * Creates a function that counts the bytes of one GPU type's rows and then returns the rows. Rows beyond `first` are not counted, because
 * they are not sent. The first call also counts the bytes of the report without its rows.
 */
function createSpending(budget: Budget, { conditions, first }: AvailabilityQuery, { fixed, row, failure }: Size) {
  let left = first ?? Number.POSITIVE_INFINITY;
  let unspentFixed = fixed;
  return (typeRows: TypeRows): TypeRows => {
    const matching = conditions.includeUnavailable ? typeRows.rows : typeRows.available;
    const shown = Math.min(left, matching.length);
    left -= shown;
    budget.spendBytes(unspentFixed + row * shown + failure * typeRows.failures.length);
    unspentFixed = 0;
    return typeRows;
  };
}

/** Returns the rows or, in a large operation, an iterable that yields them over several turns of the event loop. */
type Spread = (rows: readonly Row[]) => readonly Row[] | AsyncIterable<Row>;

/** Whether the rows are ordered by GPU type. If so, the rows of each GPU type can be sent before those of the next GPU type are known. */
const isByType = ({ order }: AvailabilityQuery): boolean => order.field === 'GPU_TYPE' && order.direction === 'ASC';

async function* rowsOf(report: Promise<Report>, spread: Spread): AsyncGenerator<Row> {
  yield* spread((await report).nodes);
}

/** Yields rows by GPU type. GPU types with the same display name are treated as one: their rows are ordered by data center. */
async function* rowsByType(
  { first, ...query }: AvailabilityQuery,
  typeRows: readonly Promise<TypeRows>[],
  spread: Spread,
): AsyncGenerator<Row> {
  let left = first ?? Number.POSITIVE_INFINITY;
  for (const range of rangesByName(query.gpuTypes)) {
    const group = { ...query, gpuTypes: query.gpuTypes.slice(...range), first: null };
    const { nodes } = createReport(group, await Promise.all(typeRows.slice(...range)));
    yield* spread(nodes.slice(0, left));
    left -= nodes.length;
    if (left <= 0) return;
  }
}

/**
 * Yields the range of each group of GPU types with the same display name: the index of the first GPU type, and the index after the last
 * one. The list must be ordered by display name.
 */
function* rangesByName(gpuTypes: AvailabilityQuery['gpuTypes']): Generator<[begin: number, end: number]> {
  let begin = 0;
  for (let end = 1; end <= gpuTypes.length; end += 1) {
    if (gpuTypes[end]?.displayName === gpuTypes[begin]?.displayName) continue;
    yield [begin, end];
    begin = end;
  }
}
