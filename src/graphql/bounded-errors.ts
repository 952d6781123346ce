import type { GraphQLContext } from './context.ts';

/** Counts as much work as an attempt to resolve a field, whatever comes of it. */
const ATTEMPT_BYTES = 200;

/**
 * Resolves a nullable field in its turn, as long as the operation may have more errors. After that it is null without work, so that a
 * mistake in each of thousands of rows costs as much as a hundred of them.
 */
export function withBoundedErrors<T>(
  { loaders: { budget }, pace }: Pick<GraphQLContext, 'loaders' | 'pace'>,
  resolve: () => T | Promise<T>,
): T | null | Promise<T | null> {
  if (budget.isOutOfErrors()) return null;
  const fail = (error: unknown): null => {
    const reported = budget.spendError(error);
    if (reported === null) return null;
    throw reported;
  };
  const attempt = (): T | null | Promise<T | null> => {
    // It may have run out of them while this field waited for its turn.
    if (budget.isOutOfErrors()) return null;
    pace.spend(ATTEMPT_BYTES);
    return resolve();
  };
  try {
    const result = pace.run(attempt);
    return result instanceof Promise ? result.catch(fail) : result;
  } catch (error) {
    return fail(error);
  }
}
