import { expect, it } from 'vitest';
import { OperationTooComplexError } from '../src/domain/errors.ts';
import { createBudget } from '../src/loaders/budget.ts';

it('an operation may always ask for twice the number of all cells, whatever the limit on rows', () => {
  const budget = createBudget({ maxUpstreamRequests: 1, maxRows: 10, maxBytes: 1 });
  budget.spendRows(200, 100);
  expect(() => budget.spendRows(1, 100)).toThrow(OperationTooComplexError);
});
