import type { SourceStatus } from '../domain/catalog.ts';
import type { Clock } from '../domain/clock.ts';

/** How long a failure or a success says something about the present. */
const MEMORY_MS = 60_000;

/** How a request ended: with all it asked for, with a part of it, or with nothing. */
export type RequestResult = 'complete' | 'incomplete' | 'failed';

/** Judges a source by how its requests end. */
export interface HealthMonitor {
  /** To be told of every request that ended; `subject` is the same for requests about the same thing. */
  readonly settled: (subject: string, result: RequestResult) => void;
  readonly status: () => Omit<SourceStatus, 'source'>;
}

/**
 * DOWN while `isOpen` says that the circuit is, and while none has ever succeeded or, of late, all that was asked about failed.
 * DEGRADED while something that failed within a minute, or was answered in part, has not been answered since. Else UP.
 */
export function createHealthMonitor({ now, wallNow }: Clock, isOpen: () => boolean): HealthMonitor {
  const failingSince = new Map<string, number>();
  let lastSuccess = Number.NEGATIVE_INFINITY;
  let lastSuccessAt: string | null = null;
  /** What failed since the last success: a single GPU type says nothing of the source. */
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
      if (result === 'failed') failedSince.add(subject);
      else {
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
