import type { UpstreamError } from '../domain/errors.ts';

/** The maximum number of failed loads that are remembered. It is more than twenty times the number of RunPod's GPU types. */
export const MAX_HOLD_OFFS = 1000;

/** Remembers the loads that failed recently. A failed load is not started again for a while. */
export interface HoldOffs {
  /** Returns the error of the load if it failed recently, else `undefined`. */
  errorOf(loadName: string): UpstreamError | undefined;
  /** Call this when a load has failed. */
  failed(loadName: string, error: UpstreamError): void;
  /** Call this when a load has succeeded. */
  succeeded(loadName: string): void;
}

interface HoldOff {
  readonly error: UpstreamError;
  readonly until: number;
}

/**
 * Creates the record of failed loads. A failed load is not started again for `holdOffMs` milliseconds. `now` returns monotonic milliseconds
 * of this process.
 */
export function createHoldOffs(holdOffMs: number, now: () => number): HoldOffs {
  const holdOffs = new Map<string, HoldOff>();
  return {
    errorOf(loadName) {
      const holdOff = holdOffs.get(loadName);
      return holdOff !== undefined && now() < holdOff.until ? holdOff.error : undefined;
    },
    failed(loadName, error) {
      // Deletes the entry first, so that setting it moves it to the end of the map. The first entry is therefore the oldest, which is
      // dropped if the map is full.
      holdOffs.delete(loadName);
      holdOffs.set(loadName, { error, until: now() + holdOffMs });
      const [oldest] = holdOffs.keys();
      if (holdOffs.size > MAX_HOLD_OFFS && oldest !== undefined) holdOffs.delete(oldest);
    },
    succeeded(loadName) {
      holdOffs.delete(loadName);
    },
  };
}
