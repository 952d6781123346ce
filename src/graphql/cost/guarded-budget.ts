import { OverloadedError } from '../../domain/errors.ts';
import type { Permit } from '../../domain/permit.ts';
import type { Budget } from '../../loaders/budget.ts';

/**
 * The maximum number of rows that an operation may read while the event loop lags. RunPod has less than half as many combinations of GPU
 * type and data center.
 */
const FEW_ROWS = 4000;

/** Wraps a budget. The new budget also refuses an operation that reads many rows while the event loop lags. */
export function guardBudget(budget: Budget, permit: Permit, isOverloaded: () => boolean): Budget {
  let rows = 0;
  return {
    ...budget,
    reset() {
      rows = 0;
      budget.reset();
    },
    spendRows(count, matrix) {
      budget.spendRows(count, matrix);
      rows += count;
      if (rows <= FEW_ROWS || !isOverloaded()) return;
      permit.refuse('time');
      throw new OverloadedError('time');
    },
  };
}
