import { AsyncResource } from 'node:async_hooks';
import type { Demand } from '../domain/catalog.ts';
import { GATEWAY } from '../domain/client.ts';
import { ClientLimitedError, UpstreamError } from '../domain/errors.ts';

/** A supplement is asked for again when it is this many times as old as an observation that is still fresh. */
const PERIODS = 5;

/** Supplements that wait to be asked for: some twenty times what RunPod has for one pod size. */
const MAX_WAITING = 1000;

/** Tries that are remembered: what waits, for two pod sizes more. */
const MAX_TRIES = 3000;

/** How often, in milliseconds, and for how many keys supplements are asked for while they report nothing. */
const PROBE_EVERY_MS = 3_600_000;
const PROBES = 3;

/** What came of asking: a spot price or a pod size, none of either, no request because none is needed, or none for now. */
export type Supplied = 'something' | 'nothing' | 'not asked' | 'postponed';

/** Asks for a supplement, unless a recent one is known. */
export type AskSupplement = (demand: Demand) => Promise<Supplied>;

/** What supplements need. */
export interface SupplementsOptions {
  /** How long an observation is fresh, in milliseconds. */
  readonly freshMs: number;
  /** Milliseconds on the steady scale of this process. */
  readonly now: () => number;
  /** Aborted when nothing more is to be asked. */
  readonly stopping: AbortSignal;
  /** Called with an error that is no `UpstreamError`. */
  readonly onFault: (error: unknown) => void;
}

/** Asks for supplements in the background. */
export interface Supplements {
  /** Queues `ask` when a supplement for the key is due. Cheap when it is not. */
  want(key: string, ask: AskSupplement): void;
  /** How old a supplement may become before it is asked for again, in milliseconds. */
  readonly periodMs: number;
  /** Reports that something has come into stock whose supplement is not known. */
  lacks(key: string): void;
}

interface Try {
  readonly at: number;
  /** How long after it the key is due again, in milliseconds. */
  readonly afterMs: number;
  readonly hasFailed: boolean;
  readonly supplied: Supplied;
}

/**
 * Asks for one supplement at a time, the one that was tried longest ago first. Each is asked for again when it is five times as old
 * as an observation that is still fresh, and sooner when something new came into stock. A key whose supplement reported nothing is
 * left alone until another key's reports something. Meanwhile a few are tried every hour, since RunPod may sell spot again.
 */
export function createSupplements({ freshMs, now, stopping, onFault }: SupplementsOptions): Supplements {
  const demand: Demand = { signal: stopping, awaited: false, clients: [GATEWAY] };
  /** In the order of trying. */
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

  /** So that another client may ask for the key at once. */
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
      // What is not asked for, as where nothing is in stock, is neither a try nor a sign.
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
      // What was not attempted cost nothing.
      const isFree = error instanceof UpstreamError && error.code === 'NOT_ATTEMPTED';
      if (isProbe) {
        tried(key, { afterMs: periodMs, hasFailed: false, supplied: 'nothing' });
        probesLeft -= 1;
      } else tried(key, { afterMs: isFree ? freshMs : periodMs, hasFailed: true, supplied: 'not asked' });
      if (!(error instanceof UpstreamError || stopping.aborted)) onFault(error);
    }
  }

  /** The waiting key that was tried longest ago, so that probes reach all of them in turn. */
  function nextKey(): string | undefined {
    const triedAt = (key: string) => tries.get(key)?.at ?? Number.NEGATIVE_INFINITY;
    const [first, ...others] = waiting.keys();
    return others.reduce((oldest, key) => (triedAt(key) < triedAt(oldest ?? key) ? key : oldest), first);
  }

  async function askAll(): Promise<void> {
    isAsking = true;
    // One question wants many, one after the other.
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
      // It runs in the turn of another key, but belongs to the trace of the request that wanted it.
      waiting.set(key, AsyncResource.bind(ask));
      if (!isAsking) void askAll();
    },
    lacks(key) {
      const last = tries.get(key);
      if (last !== undefined && !last.hasFailed) tries.set(key, { ...last, afterMs: freshMs });
    },
  };
}
