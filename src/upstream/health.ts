import type { SourceStatus } from '../domain/catalog.ts';
import type { Clock } from '../domain/clock.ts';

/** How long a failure or a success is taken into account, in milliseconds. */
const MEMORY_MS = 60_000;

/** How much of the requested data a request returned: all of it, a part of it, or nothing. */
export type RequestResult = 'complete' | 'incomplete' | 'failed';

/** Determines the health of a source from the results of its requests. */
export interface HealthMonitor {
  /** Call this at the end of every request. `subject` names what the request is about, such as a GPU type. */
  readonly settled: (subject: string, result: RequestResult) => void;
  readonly status: () => Omit<SourceStatus, 'source'>;
}

/**
 * Creates a monitor. It reports DOWN in three cases. First, the circuit breaker is open (`isOpen`). Second, requests have failed and none
 * has ever succeeded. Third, requests about several subjects have failed since the last success, which was more than a minute ago. It
 * reports DEGRADED if a request failed or was only partly answered in the last minute, and no later request about the same subject was
 * answered completely. Otherwise it reports UP.
 */
export function createHealthMonitor({ now, wallNow }: Clock, isOpen: () => boolean): HealthMonitor {
  const failingSince = new Map<string, number>();
  let lastSuccess = Number.NEGATIVE_INFINITY;
  let lastSuccessAt: string | null = null;
  /**
   * Up to two subjects whose requests failed since the last success. Two are necessary for DOWN, because the failure of a single GPU type
   * does not mean that the source is down.
   */
  const failedSince = new Set<string>();

  const isRecent = (time: number) => now() - time < MEMORY_MS;

  function forgetOldFailures(): void {
    for (const [subject, time] of failingSince) if (!isRecent(time)) failingSince.delete(subject);
  }

  function isWhollyFailing(): boolean {
    if (!Number.isFinite(lastSuccess)) return failedSince.size > 0;
    return failedSince.size > 1 && !isRecent(lastSuccess);
  }

  function health(): SourceStatus['health'] {
    forgetOldFailures();
    if (isOpen() || isWhollyFailing()) return 'DOWN';
    return failingSince.size > 0 ? 'DEGRADED' : 'UP';
  }

  return {
    settled(subject, result) {
      if (result === 'failed') {
        if (failedSince.size < 2) failedSince.add(subject);
      } else {
        failedSince.clear();
        lastSuccess = now();
        lastSuccessAt = new Date(wallNow()).toISOString();
      }
      forgetOldFailures();
      if (result === 'complete') failingSince.delete(subject);
      else failingSince.set(subject, now());
    },
    status: () => ({ health: health(), lastSuccessAt }),
  };
}
