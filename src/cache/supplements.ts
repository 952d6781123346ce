import { AsyncResource } from 'node:async_hooks';
import type { Demand } from '../domain/catalog.ts';
import { GATEWAY } from '../domain/client.ts';
import { ClientLimitedError, UpstreamError } from '../domain/errors.ts';
import { SupplementTries, type Supplied } from './supplement-tries.ts';

/** The maximum number of supplement requests in the queue. It is more than twenty times the number of RunPod's GPU types. */
export const MAX_WAITING = 1000;

/**
 * Requests a supplement, which is an answer with spot prices and pod sizes from a second source. Sends no request if a recent supplement is
 * already known.
 */
export type AskSupplement = (demand: Demand) => Promise<Supplied>;

/** Dependencies of `createSupplements`. */
export interface SupplementsOptions {
  /** How long an observation is fresh, in milliseconds. */
  readonly freshMs: number;
  /** Returns monotonic milliseconds of this process. */
  readonly now: () => number;
  /** Aborted when the gateway stops. After that, no request is sent. */
  readonly stopping: AbortSignal;
  /** Called with each error that is not an `UpstreamError`. */
  readonly onFault: (error: unknown) => void;
}

/** Requests supplements in the background. */
export interface Supplements {
  /** Queues `ask` if a supplement for the key is due and the queue is not full. The call costs little if none is due. */
  request(key: string, ask: AskSupplement): void;
  /** The age at which a supplement (spot prices and pod sizes) is requested again, in milliseconds. */
  readonly periodMs: number;
  /**
   * Brings forward the next supplement request for the key. Call this when a cell has come into stock and its spot price and pod sizes are
   * unknown.
   */
  hasten(key: string): void;
}

/**
 * Creates the queue of supplement requests, which fetch the spot prices and pod sizes that the REST API does not report. Each key stands
 * for one observation. One request runs at a time, and the key whose previous request was longest ago comes first. A supplement is due
 * again after five times `freshMs`, or sooner if a cell comes into stock. If a supplement contains nothing, its key is skipped until a
 * supplement for another key contains something. Until then, only three of the skipped keys are requested each hour, to find out whether
 * RunPod reports spot prices again.
 */
export function createSupplements({ freshMs, now, stopping, onFault }: SupplementsOptions): Supplements {
  const demand: Demand = { signal: stopping, awaited: false, clients: [GATEWAY] };
  const tries = new SupplementTries(freshMs, now);
  const waiting = new Map<string, AskSupplement>();
  let isAsking = false;

  async function askOne(key: string, ask: AskSupplement): Promise<void> {
    const running = tries.begin(key);
    if (running === null) return;
    try {
      const supplied = await ask(demand);
      if (supplied === 'postponed') tries.forget(running);
      else tries.end(running, supplied);
    } catch (error) {
      if (error instanceof ClientLimitedError) tries.forget(running);
      else tries.fail(running, error);
      if (!(error instanceof UpstreamError || stopping.aborted)) onFault(error);
    }
  }

  /** Returns the waiting key whose previous request was longest ago. This order ensures that every key gets its turn. */
  function nextKey(): string | undefined {
    const [first, ...others] = waiting.keys();
    return others.reduce((oldest, key) => (tries.lastAt(key) < tries.lastAt(oldest ?? key) ? key : oldest), first);
  }

  async function askAll(): Promise<void> {
    isAsking = true;
    // The current operation queues all of its supplements in one tick of the event loop. This pause lets it finish, so that the first
    // request is chosen among all of them.
    await Promise.resolve();
    for (let key = nextKey(); key !== undefined && !stopping.aborted; key = nextKey()) {
      const ask = waiting.get(key);
      waiting.delete(key);
      if (ask !== undefined) await askOne(key, ask);
    }
    isAsking = false;
  }

  return {
    periodMs: tries.periodMs,
    request(key, ask) {
      if (waiting.has(key) || waiting.size >= MAX_WAITING || !tries.isDue(key)) return;
      // Binds `ask` to the trace of the operation that queues it. Otherwise, it would belong to the trace of the operation that started
      // `askAll`.
      waiting.set(key, AsyncResource.bind(ask));
      if (!isAsking) void askAll();
    },
    hasten: (key) => tries.hasten(key),
  };
}
