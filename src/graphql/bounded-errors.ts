import type { Budget } from '../loaders/budget.ts';

/**
 * Resolves a nullable field, as long as the operation may have more errors. After that it is null without work, so that a mistake in
 * each of thousands of rows costs as much as a hundred of them.
 */
export function withBoundedErrors<T>(
  budget: Pick<Budget, 'spendError' | 'isOutOfErrors'>,
  resolve: () => T | Promise<T>,
): T | null | Promise<T | null> {
  if (budget.isOutOfErrors()) return null;
  const fail = (error: unknown): null => {
    const reported = budget.spendError(error);
    if (reported === null) return null;
    throw reported;
  };
  try {
    const result = resolve();
    return result instanceof Promise ? result.catch(fail) : result;
  } catch (error) {
    return fail(error);
  }
}
