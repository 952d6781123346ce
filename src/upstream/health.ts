import type { SourceStatus } from '../domain/catalog.ts';
import type { Clock } from '../domain/clock.ts';

/** How long a failure or a success counts as recent, in milliseconds. */
const MEMORY_MS = 60_000;

/** How a request ended: with everything, with a part, or with nothing of what it asked for. */
export type RequestResult = 'complete' | 'incomplete' | 'failed';

/** Judges the health of a source by the results of its requests. */
export interface HealthMonitor {
  /** Call this at the end of every request. Requests about the same thing share a `subject`. */
  readonly settled: (subject: string, result: RequestResult) => void;
  readonly status: () => Omit<SourceStatus, 'source'>;
}

/**
 * Creates a monitor that reports one of three states.
 * DOWN: the circuit breaker is open (`isOpen`), no request has ever succeeded, or requests about several subjects have failed since the
 * last success, which was more than a minute ago.
 * DEGRADED: something that failed or was answered in part within the last minute has not been answered completely since.
 * UP: everything else.
 */
export function createHealthMonitor({ now, wallNow }: Clock, isOpen: () => boolean): HealthMonitor {
  const failingSince = new Map<string, number>();
  let lastSuccess = Number.NEGATIVE_INFINITY;
  let lastSuccessAt: string | null = null;
  /** Up to two subjects that failed since the last success. A single failing GPU type does not mean that the source is down. */
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
