const FIRST_MS = 1000;
const LONGEST_MS = 30_000;

/**
 * How long to wait before the next try, in milliseconds, after `failures` in a row: a second, then twice as long each time, half
 * a minute at most. `chance` (0 to 1) takes up to a quarter off, so that many boards do not all come back at once.
 */
export function retryDelayMs(failures: number, chance: number): number {
  const longest = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.max(0, failures - 1));
  return Math.round(longest * (1 - chance / 4));
}
