import type { GraphQLContext } from '../context.ts';

/**
 * The cost of resolving an entity reference or an availability field. Costs are expressed as the number of response bytes that take the
 * same time to produce.
 */
export const REFERENCE_BYTES = 200;
export const QUERY_BYTES = 1000;

/**
 * The cost of a field that is null because the operation has too many errors. It is not zero, because the executor still reads the
 * arguments of the field.
 */
const SKIPPED_BYTES = 200;

/**
 * Resolves a nullable field. In a large operation, waits for a turn of the event loop first. If the operation already has too many errors,
 * the field is `null` and is not resolved. So a mistake that is repeated in thousands of rows costs little.
 */
export function withBoundedErrors<T>(
  { loaders: { budget }, pace }: Pick<GraphQLContext, 'loaders' | 'pace'>,
  bytes: number,
  resolve: () => T | Promise<T>,
): T | null | Promise<T | null> {
  if (budget.isOutOfErrors()) {
    pace.spend(SKIPPED_BYTES);
    return null;
  }
  const fail = (error: unknown): null => {
    const reported = budget.spendError(error);
    if (reported === null) return null;
    throw reported;
  };
  const attempt = (): T | null | Promise<T | null> => {
    // The check is repeated, because other fields may have reached the limit of errors while this field waited for its turn.
    if (budget.isOutOfErrors()) return null;
    return resolve();
  };
  // Counts the cost before the field waits. If the cost were counted afterwards, the fields of many more rows would be started in this turn
  // of the event loop, and all of them would wait at the same time.
  pace.spend(bytes);
  try {
    const result = pace.run(attempt);
    return result instanceof Promise ? result.catch(fail) : result;
  } catch (error) {
    return fail(error);
  }
}
