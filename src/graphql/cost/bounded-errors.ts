import type { GraphQLContext } from '../context.ts';

/** Work that resolving a field takes besides what it shows, in bytes of answer that take as long. */
export const REFERENCE_BYTES = 200;
export const QUERY_BYTES = 1000;

/** The same for a field that is null without work of ours: the executor still reads its arguments. */
const SKIPPED_BYTES = 200;

/**
 * Resolves a nullable field in its turn, as long as the operation may have more errors. After that it is null without work, so that a
 * mistake in each of thousands of rows costs as much as a hundred of them.
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
    // It may have run out of them while this field waited for its turn.
    if (budget.isOutOfErrors()) return null;
    return resolve();
  };
  // Counted before its turn, so that the fields which wait for theirs are few.
  pace.spend(bytes);
  try {
    const result = pace.run(attempt);
    return result instanceof Promise ? result.catch(fail) : result;
  } catch (error) {
    return fail(error);
  }
}
