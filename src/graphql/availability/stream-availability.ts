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

/** Whether the operation asks for some of its answer later. */
export const isDeliveredInParts = createMention(Kind.DIRECTIVE, new Set(['defer', 'stream']));

/**
 * The same as `resolveAvailability`, but for rows by GPU type, which are given while RunPod is still being asked for those that
 * come after. All is asked for at once, as there, and rejects with the same errors before that.
 */
export async function streamAvailability(
  { loaders, pace }: Pick<GraphQLContext, 'loaders' | 'pace'>,
  args: AvailabilityArguments,
  sizeOf: SizeOfReport,
): Promise<ResolvedReport> {
  const known = resolveFromMemory({ loaders, pace }, args, sizeOf);
  if (known !== null) return known;
  const { question, lists } = await readQuery(loaders, args);
  await loaders.foresee([question]);
  // When its parts are sent, it is not known yet for how long they hold.
  loaders.validity.readMoment();
  const size = sizeOf(lists);
  const spend = createSpending(loaders.budget, question, size);
  const spread = (rows: readonly Row[]) => pace.spread(rows, size.row);
  const typeRows = loaders.rowsOfTypesInTurn(question).map(async (loading) => spend(await loading));
  const whole = Promise.all(typeRows).then((all) => createReport(question, all));
  // It may be that only the rows are selected, and they fail too.
  whole.catch(() => {});
  return {
    nodes: {
      [Symbol.asyncIterator]: () =>
        isByType(question) ? rowsByType(question, typeRows, spread) : rowsOf(whole, spread),
    },
    totalCount: async () => (await whole).totalCount,
    coverage: async () => (await whole).coverage,
    freshness: async () => (await whole).freshness,
  };
}

/** Returns the rows of a GPU type after spending the bytes of those that may be shown. The first spends those of the report as well. */
function createSpending(budget: Budget, { conditions, first }: AvailabilityQuery, { fixed, row, failure }: Size) {
  let left = first ?? Number.POSITIVE_INFINITY;
  let once = fixed;
  return (typeRows: TypeRows): TypeRows => {
    const matching = conditions.includeUnavailable ? typeRows.rows : typeRows.available;
    const shown = Math.min(left, matching.length);
    left -= shown;
    budget.spendBytes(once + row * shown + failure * typeRows.failures.length);
    once = 0;
    return typeRows;
  };
}

/** Spreads rows over turns of the event loop. */
type Spread = (rows: readonly Row[]) => readonly Row[] | AsyncIterable<Row>;

/** In this order no row of a later GPU type comes before one of an earlier. */
const isByType = ({ order }: AvailabilityQuery): boolean => order.field === 'GPU_TYPE' && order.direction === 'ASC';

async function* rowsOf(report: Promise<Report>, spread: Spread): AsyncGenerator<Row> {
  yield* spread((await report).nodes);
}

/** GPU types of one name are ordered by data center together. */
async function* rowsByType(
  { first, ...question }: AvailabilityQuery,
  typeRows: readonly Promise<TypeRows>[],
  spread: Spread,
): AsyncGenerator<Row> {
  let left = first ?? Number.POSITIVE_INFINITY;
  for (const places of placesByName(question.gpuTypes)) {
    const some = { ...question, gpuTypes: question.gpuTypes.slice(...places), first: null };
    const { nodes } = createReport(some, await Promise.all(typeRows.slice(...places)));
    yield* spread(nodes.slice(0, left));
    left -= nodes.length;
    if (left <= 0) return;
  }
}

/** Where GPU types of one name begin and end in a list that is ordered by name. */
function* placesByName(gpuTypes: AvailabilityQuery['gpuTypes']): Generator<[begin: number, end: number]> {
  let begin = 0;
  for (let end = 1; end <= gpuTypes.length; end += 1) {
    if (gpuTypes[end]?.displayName === gpuTypes[begin]?.displayName) continue;
    yield [begin, end];
    begin = end;
  }
}
