import { RETRY_DELAY_MS } from '../timing.ts';

/**
 * Returns the delay before the next attempt, in milliseconds, after this many failures in a row. `chance` is a random number from 0 to 1.
 * It shortens the delay by up to a quarter, so that many boards do not retry at the same moment.
 */
export function retryDelayMs(failures: number, chance: number): number {
  const delayMs = Math.min(RETRY_DELAY_MS.longest, RETRY_DELAY_MS.first * 2 ** Math.max(0, failures - 1));
  return Math.round(delayMs * (1 - chance / 4));
}
