import type { UpstreamError } from '../domain/errors.ts';

/** The most failed loads that are remembered: about twenty times as many as one pod size needs for all GPU types. */
export const MAX_HOLD_OFFS = 1000;

/** The loads that failed recently. They are not started again for a while. */
export interface HoldOffs {
  /** Returns the error of a load that failed recently, else `undefined`. */
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
 * Creates the record of failed loads. Each of them is held off for `holdOffMs` milliseconds. `now` returns monotonic milliseconds of this
 * process.
 */
export function createHoldOffs(holdOffMs: number, now: () => number): HoldOffs {
  const holdOffs = new Map<string, HoldOff>();
  return {
    errorOf(loadName) {
      const holdOff = holdOffs.get(loadName);
      return holdOff !== undefined && now() < holdOff.until ? holdOff.error : undefined;
    },
    failed(loadName, error) {
      // Move the entry to the end of the map, because the first entry is forgotten first.
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
