import { expect, it } from 'vitest';
import { OperationTooComplexError } from '../src/domain/errors.ts';
import { createBudget } from '../src/loaders/budget.ts';

it('an operation may always request twice as many rows as there are cells, even above the limit on rows', () => {
  const budget = createBudget({ maxUpstreamRequests: 1, maxRows: 10, maxBytes: 1 });
  budget.spendRows(200, 100);
  expect(() => budget.spendRows(1, 100)).toThrow(OperationTooComplexError);
});
