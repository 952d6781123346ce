import { setImmediate as nextTurn } from 'node:timers/promises';
import { OverloadedError } from '../../domain/errors.ts';
import type { Pace } from './pace.ts';

/**
 * Counts the work of a result that is ready to be sent. If the operation is large, also waits for the next turn of the event loop. Resolves
 * even if the operation gets no permit to do further work, because a finished result is sent in any case. Rejects with an `AbortError` if
 * the client has disconnected.
 */
export async function spendOrYield(pace: Pace, bytes: number): Promise<void> {
  try {
    await pace.run(() => pace.spend(bytes));
  } catch (error) {
    if (!(error instanceof OverloadedError)) throw error;
    await nextTurn();
  }
}
