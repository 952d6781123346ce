import { setImmediate as nextTurn } from 'node:timers/promises';
import { OverloadedError } from '../../domain/errors.ts';
import type { Pace } from './pace.ts';

/**
 * Counts the work of a result that is ready to be sent, and waits for the next turn if the operation is large. Resolves even if the
 * operation gets no permit, because a finished result is sent in any case. Rejects with an `AbortError` if the client has disconnected.
 */
export async function spendOrYield(pace: Pace, bytes: number): Promise<void> {
  try {
    await pace.run(() => pace.spend(bytes));
  } catch (error) {
    if (!(error instanceof OverloadedError)) throw error;
    await nextTurn();
  }
}
