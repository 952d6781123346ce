import { AsyncResource } from 'node:async_hooks';
import type { Demand } from '../domain/catalog.ts';
import { GATEWAY } from '../domain/client.ts';
import { ClientLimitedError, UpstreamError } from '../domain/errors.ts';

/** A supplement is requested again at this many times the age at which an observation stops being fresh. */
const PERIODS = 5;

/** Number of supplements that may wait: some twenty times what RunPod has for one pod size. */
const MAX_WAITING = 1000;

/** Number of keys whose last request is remembered: three times as many as may wait. */
const MAX_TRIES = 3000;

/** How often supplements are still requested while they report nothing, in milliseconds, and for how many keys. */
const PROBE_EVERY_MS = 3_600_000;
const PROBES = 3;

/** The result of a request: it contained a spot price or a pod size, it contained neither, it was not needed, or it has to wait. */
export type Supplied = 'something' | 'nothing' | 'not asked' | 'postponed';

/** Requests a supplement, unless a recent one is known. */
export type AskSupplement = (demand: Demand) => Promise<Supplied>;

/** Dependencies of `createSupplements`. */
export interface SupplementsOptions {
  /** How long an observation is fresh, in milliseconds. */
  readonly freshMs: number;
  /** Milliseconds on the steady scale of this process. */
  readonly now: () => number;
  /** Aborted when no more requests may be made. */
  readonly stopping: AbortSignal;
  /** Called with an error that is not an `UpstreamError`. */
  readonly onFault: (error: unknown) => void;
}

/** Requests supplements in the background. */
export interface Supplements {
  /** Queues `ask` if a supplement for the key is due. Cheap if it is not. */
  want(key: string, ask: AskSupplement): void;
  /** Age at which a supplement is requested again, in milliseconds. */
  readonly periodMs: number;
  /** Call this when something has come into stock whose supplement is unknown. Its supplement then becomes due sooner. */
  lacks(key: string): void;
}

interface Try {
  readonly at: number;
  /** How long after this request the key is due again, in milliseconds. */
  readonly afterMs: number;
  readonly hasFailed: boolean;
  readonly supplied: Supplied;
}

/**
 * Requests one supplement at a time, starting with the key whose last request was longest ago. A supplement is requested again at five
 * times the age at which an observation stops being fresh, and sooner when something new comes into stock. A key whose supplement reported
 * nothing is skipped until the supplement of another key reports something. Until then, three keys are tried every hour, because RunPod may
 * sell spot again.
 */
export function createSupplements({ freshMs, now, stopping, onFault }: SupplementsOptions): Supplements {
  const demand: Demand = { signal: stopping, awaited: false, clients: [GATEWAY] };
  /** In the order of the last request. */
  const tries = new Map<string, Try>();
  const waiting = new Map<string, AskSupplement>();
  const periodMs = PERIODS * freshMs;
  let isAsking = false;
  let lastSuppliedAt = Number.NEGATIVE_INFINITY;
  let probesFrom = Number.POSITIVE_INFINITY;
  let probesLeft = 0;

  const isFruitless = (last: Try | undefined) => last?.supplied === 'nothing' && last.at > lastSuppliedAt;

  function mayProbe(): boolean {
    if (now() >= probesFrom + PROBE_EVERY_MS) {
      probesFrom = now();
      probesLeft = PROBES;
    }
    return probesLeft > 0;
  }

  function isDue(key: string): boolean {
    const last = tries.get(key);
    if (isFruitless(last)) return mayProbe();
    return last === undefined || now() >= last.at + last.afterMs;
  }

  function tried(key: string, how: Omit<Try, 'at'>): void {
    tries.delete(key);
    tries.set(key, { at: now(), ...how });
    const [oldest] = tries.keys();
    if (tries.size > MAX_TRIES && oldest !== undefined) tries.delete(oldest);
  }

  /** Forgets the request that was not made, so that another client can make it at once. */
  function forgetTry(key: string, before: Try | undefined): void {
    if (before === undefined) tries.delete(key);
    else tries.set(key, before);
  }

  async function askOne(key: string, ask: AskSupplement): Promise<void> {
    const before = tries.get(key);
    const isProbe = isFruitless(before);
    if (isProbe && probesLeft === 0) return;
    tried(key, { afterMs: periodMs, hasFailed: false, supplied: 'not asked' });
    try {
      const supplied = await ask(demand);
      if (supplied === 'postponed') {
        forgetTry(key, before);
        return;
      }
      // A supplement that was not needed, because nothing is in stock, does not count as a request.
      if (supplied === 'not asked' && isProbe && before !== undefined) tries.set(key, before);
      else tried(key, { afterMs: periodMs, hasFailed: false, supplied });
      if (supplied === 'something') lastSuppliedAt = now();
      if (supplied === 'nothing' && isProbe) probesLeft -= 1;
      if (supplied === 'nothing' && !isProbe) probesFrom = now();
    } catch (error) {
      if (error instanceof ClientLimitedError) {
        forgetTry(key, before);
        return;
      }
      // A request that was never sent has cost nothing, so the key is due again sooner.
      const isFree = error instanceof UpstreamError && error.code === 'NOT_ATTEMPTED';
      if (isProbe) {
        tried(key, { afterMs: periodMs, hasFailed: false, supplied: 'nothing' });
        probesLeft -= 1;
      } else tried(key, { afterMs: isFree ? freshMs : periodMs, hasFailed: true, supplied: 'not asked' });
      if (!(error instanceof UpstreamError || stopping.aborted)) onFault(error);
    }
  }

  /** The waiting key whose last request was longest ago, so that hourly probes reach all keys in turn. */
  function nextKey(): string | undefined {
    const triedAt = (key: string) => tries.get(key)?.at ?? Number.NEGATIVE_INFINITY;
    const [first, ...others] = waiting.keys();
    return others.reduce((oldest, key) => (triedAt(key) < triedAt(oldest ?? key) ? key : oldest), first);
  }

  async function askAll(): Promise<void> {
    isAsking = true;
    // One question queues many supplements in the same tick. Wait for all of them.
    await Promise.resolve();
    for (let key = nextKey(); key !== undefined && !stopping.aborted; key = nextKey()) {
      const ask = waiting.get(key);
      waiting.delete(key);
      if (ask !== undefined) await askOne(key, ask);
    }
    isAsking = false;
  }

  return {
    periodMs,
    want(key, ask) {
      if (waiting.has(key) || waiting.size >= MAX_WAITING || !isDue(key)) return;
      // `ask` runs after the request for another key, but belongs to the trace of the request that queued it.
      waiting.set(key, AsyncResource.bind(ask));
      if (!isAsking) void askAll();
    },
    lacks(key) {
      const last = tries.get(key);
      if (last !== undefined && !last.hasFailed) tries.set(key, { ...last, afterMs: freshMs });
    },
  };
}
