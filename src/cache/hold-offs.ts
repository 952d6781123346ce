import type { UpstreamError } from '../domain/errors.ts';

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

/** Creates hold-offs of `holdOffMs` milliseconds each. `now` returns milliseconds on the steady scale of this process. */
export function createHoldOffs(holdOffMs: number, now: () => number): HoldOffs {
  const holdOffs = new Map<string, HoldOff>();
  return {
    errorOf(loadName) {
      const holdOff = holdOffs.get(loadName);
      return holdOff !== undefined && now() < holdOff.until ? holdOff.error : undefined;
    },
    failed(loadName, error) {
      for (const [other, { until }] of holdOffs) if (now() >= until) holdOffs.delete(other);
      holdOffs.set(loadName, { error, until: now() + holdOffMs });
    },
    succeeded(loadName) {
      holdOffs.delete(loadName);
    },
  };
}
