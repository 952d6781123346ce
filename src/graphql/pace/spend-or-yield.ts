import { setImmediate as nextTurn } from 'node:timers/promises';
import { OverloadedError } from '../../domain/errors.ts';
import type { Pace } from './pace.ts';

/**
 * Counts the work of a result that is about to be sent, and waits for the next turn if the operation is large. A result that has been made
 * is sent even if the operation gets no permit for more work. Rejects with an `AbortError` once nobody reads the answer.
 */
export async function spendOrYield(pace: Pace, bytes: number): Promise<void> {
  try {
    await pace.run(() => pace.spend(bytes));
  } catch (error) {
    if (!(error instanceof OverloadedError)) throw error;
    await nextTurn();
  }
}
