import type { UpstreamStatus } from '../../domain/catalog.ts';

/** How long a failure or a success says something about the present. */
const MEMORY_MS = 60_000;

/** Judges a source by how its requests end. */
export interface HealthMonitor {
  /** To be told of every request that ended. */
  settled(failed: boolean): void;
  status(): Pick<UpstreamStatus, 'health' | 'lastSuccessAt'>;
}

/**
 * UP while the latest request succeeded and none failed within a minute; DOWN while none has succeeded for a minute, or ever,
 * and the latest failed; else DEGRADED. `now` gives milliseconds since 1970.
 */
export function createHealthMonitor(now: () => number): HealthMonitor {
  let lastSuccess = Number.NEGATIVE_INFINITY;
  let lastFailure = Number.NEGATIVE_INFINITY;
  let latestFailed = false;

  const health = () => {
    const recently = (time: number) => now() - time < MEMORY_MS;
    if (latestFailed) return recently(lastSuccess) ? 'DEGRADED' : 'DOWN';
    return recently(lastFailure) ? 'DEGRADED' : 'UP';
  };

  return {
    settled(failed) {
      latestFailed = failed;
      if (failed) lastFailure = now();
      else lastSuccess = now();
    },
    status: () => ({
      health: health(),
      lastSuccessAt: Number.isFinite(lastSuccess) ? new Date(lastSuccess).toISOString() : null,
    }),
  };
}
