import { describe, expect, it } from 'vitest';
import { type Budget, createBudget } from '../src/loaders/budget.ts';

const REFUSED = 'refused';

/** Returns the result of `spend`, or 'refused' if `spend` throws because the budget is too small. */
function refusalOf(spend: () => unknown): unknown {
  try {
    return spend();
  } catch {
    return REFUSED;
  }
}

/** Functions that each use up one limit of a budget, with the name of the limit. All limits of the budget are 10. */
const COSTS: readonly (readonly [string, (budget: Budget) => unknown])[] = [
  ['upstream requests', (budget) => budget.spendUpstreamRequests(10)],
  ['rows', (budget) => budget.spendRows(10, 1)],
  ['availability fields', (budget) => Array.from({ length: 10 }, () => budget.spendField())],
  ['bytes', (budget) => budget.spendBytes(10)],
];

const open = () => createBudget({ maxUpstreamRequests: 10, maxRows: 10, maxBytes: 10 });

describe('the budget of an operation', () => {
  for (const [what, spend] of COSTS) {
    it(`allows as many ${what} as its limit, and as many again after a reset`, () => {
      const budget = open();
      expect(refusalOf(() => spend(budget))).not.toBe(REFUSED);
      expect(refusalOf(() => spend(budget))).toBe(REFUSED);
      budget.reset();
      expect(refusalOf(() => spend(budget))).not.toBe(REFUSED);
    });
  }

  it('allows twice as many rows as there are cells, even if its limit is lower', () => {
    const budget = open();
    expect(refusalOf(() => budget.spendRows(200, 100))).not.toBe(REFUSED);
    expect(refusalOf(() => budget.spendField())).toBe(REFUSED);
  });

  it('checks upstream requests without counting them', () => {
    const budget = open();
    budget.checkUpstreamRequests(10);
    budget.spendUpstreamRequests(10);
    expect(refusalOf(() => budget.checkUpstreamRequests(1))).toBe(REFUSED);
  });

  it('reports a hundred errors and then one summary, and starts again after a reset', () => {
    const budget = open();
    const error = new Error('a fault');
    for (const round of ['first', 'second']) {
      const reported = Array.from({ length: 100 }, () => budget.spendError(error));
      expect(
        reported.every((one) => one === error),
        round,
      ).toBe(true);
      expect(budget.isOutOfErrors()).toBe(false);
      expect(String(budget.spendError(error))).toContain('Too many fields');
      expect([budget.spendError(error), budget.isOutOfErrors()]).toEqual([null, true]);
      budget.reset();
    }
  });

  it('reports fewer errors if their messages are very long', () => {
    const budget = open();
    const error = new Error('x'.repeat(99_000));
    expect(budget.spendError(error)).toBe(error);
    expect(budget.spendError(error)).not.toBe(error);
  });

  it('allows suggestions for the first three unknown names, and for other names after a reset', () => {
    const budget = open();
    const names = ['a', 'b', 'c', 'd', 'a'];
    expect(names.map(budget.maySuggest)).toEqual([true, true, true, false, true]);
    budget.reset();
    expect(budget.maySuggest('d')).toBe(true);
  });
});
