import { AsyncResource } from 'node:async_hooks';
import type { Demand } from '../domain/catalog.ts';
import { UpstreamError } from '../domain/errors.ts';

/** What is supplemented is asked for again when it is so many times as old as what is fresh. */
const PERIODS = 5;

/** What is wanted and not asked for yet: some twenty times what RunPod has for one pod size. */
const MAX_WAITING = 1000;

/** What supplements need. */
export interface SupplementsOptions {
  /** How long an observation is fresh, in milliseconds. */
  readonly freshMs: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Aborted when nothing more is to be asked. */
  readonly stopping: AbortSignal;
  /** Told of an error that is no `UpstreamError`. */
  readonly onFault: (error: unknown) => void;
}

/** Asks for what nobody waits for. */
export interface Supplements {
  /** Has it asked for by `ask` when that is due. */
  want(key: string, ask: (demand: Demand) => Promise<void>): void;
  /** When what is supplemented is as old as this, in milliseconds, it is asked for again. */
  readonly periodMs: number;
  /** To be told that something of it is not known. */
  lacks(key: string): void;
}

interface Try {
  readonly at: number;
  /** After how long it is due again, in milliseconds. */
  readonly afterMs: number;
  readonly hasFailed: boolean;
}

/**
 * One at a time, in the order of wanting; each again when it is five times as old as what is fresh, and sooner when it was told,
 * but lacks something by now.
 */
export function createSupplements({ freshMs, now, stopping, onFault }: SupplementsOptions): Supplements {
  const demand: Demand = { signal: stopping, awaited: false };
  /** In the order of trying. */
  const tries = new Map<string, Try>();
  const waiting = new Map<string, (demand: Demand) => Promise<void>>();
  const periodMs = PERIODS * freshMs;
  let isAsking = false;

  function isDue(key: string): boolean {
    const last = tries.get(key);
    return last === undefined || now() >= last.at + last.afterMs;
  }

  function tried(key: string, how: Omit<Try, 'at'>): void {
    tries.delete(key);
    tries.set(key, { at: now(), ...how });
    for (const [other, { at }] of tries) {
      if (now() - at < periodMs) return;
      tries.delete(other);
    }
  }

  async function askAll(): Promise<void> {
    isAsking = true;
    // Those that are added meanwhile are met too.
    for (const [key, ask] of waiting) {
      waiting.delete(key);
      if (stopping.aborted) break;
      tried(key, { afterMs: periodMs, hasFailed: false });
      try {
        await ask(demand);
      } catch (error) {
        // What was not attempted cost nothing.
        const isFree = error instanceof UpstreamError && error.code === 'NOT_ATTEMPTED';
        tried(key, { afterMs: isFree ? freshMs : periodMs, hasFailed: true });
        if (!(error instanceof UpstreamError || stopping.aborted)) onFault(error);
      }
    }
    isAsking = false;
  }

  return {
    periodMs,
    want(key, ask) {
      if (waiting.has(key) || waiting.size >= MAX_WAITING || !isDue(key)) return;
      // It is asked in the turn of who came first, and on behalf of who wanted it.
      waiting.set(key, AsyncResource.bind(ask));
      if (!isAsking) void askAll();
    },
    lacks(key) {
      const last = tries.get(key);
      if (last !== undefined && !last.hasFailed) tries.set(key, { ...last, afterMs: freshMs });
    },
  };
}
