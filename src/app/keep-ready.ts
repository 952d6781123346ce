import { setTimeout as wait } from 'node:timers/promises';
import type { Demand } from '../domain/catalog.ts';
import { GATEWAY } from '../domain/client.ts';
import { UpstreamError } from '../domain/errors.ts';

/** The pause before the next attempt to load the data, or before the next check whether the gateway is still ready, in milliseconds. */
const AGAIN_AFTER_MS = 1000;

/**
 * The maximum pause after repeated faults of the gateway, in milliseconds. Each fault that directly follows another fault doubles the
 * pause.
 */
const LONGEST_PAUSE_MS = 60_000;

/** What `keepReady` needs. */
export interface KeepReadyOptions {
  /** Fetches the data that the first client is likely to request. */
  readonly ask: (demand: Demand) => Promise<unknown>;
  readonly isReady: () => boolean;
  /** Called with each error that is a fault of the gateway. An `UpstreamError` is not a fault of the gateway. */
  readonly onFault: (error: unknown) => void;
  readonly signal: AbortSignal;
}

/**
 * Warms up the gateway, so that it becomes ready before the first client sends a request. Calls `ask` until `ask` succeeds, and again
 * whenever the gateway is no longer ready. Requests to RunPod that clients wait for have priority over those of the warm-up. Never rejects.
 * Resolves when `signal` is aborted.
 */
export async function keepReady({ ask, isReady, onFault, signal }: KeepReadyOptions): Promise<void> {
  const demand: Demand = { signal, awaited: false, clients: [GATEWAY] };
  let isWarm = false;
  let pauseMs = AGAIN_AFTER_MS;
  while (!signal.aborted) {
    try {
      if (!isWarm || !isReady()) {
        isWarm = false;
        await ask(demand);
        isWarm = true;
      }
      pauseMs = AGAIN_AFTER_MS;
    } catch (error) {
      const isExpected = error instanceof UpstreamError || signal.aborted;
      if (!isExpected) onFault(error);
      pauseMs = isExpected ? AGAIN_AFTER_MS : Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
    }
    await wait(pauseMs, undefined, { signal, ref: false }).catch(() => {});
  }
}
