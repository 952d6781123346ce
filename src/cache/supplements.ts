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
  /** Told of an error that is no `UpstreamError`. */
  readonly onFault: (error: unknown) => void;
}

/** Asks for what nobody waits for. */
export interface Supplements {
  /** Has it asked for by `ask` when that is due. */
  want(key: string, ask: (demand: Demand) => Promise<void>): void;
  /** To be told that something of it is not known. */
  lacks(key: string): void;
}

interface Try {
  readonly at: number;
  /** After how long it is due again, in milliseconds. */
  readonly afterMs: number;
}

const NOBODY_WAITS: Demand = { signal: new AbortController().signal, awaited: false };

/** One at a time, in the order of wanting; each again when it is five times as old as what is fresh, or sooner when it lacks something. */
export function createSupplements({ freshMs, now, onFault }: SupplementsOptions): Supplements {
  /** In the order of trying. */
  const tries = new Map<string, Try>();
  const waiting = new Map<string, (demand: Demand) => Promise<void>>();
  let isAsking = false;

  function isDue(key: string): boolean {
    const last = tries.get(key);
    return last === undefined || now() >= last.at + last.afterMs;
  }

  function tried(key: string, afterMs: number): void {
    tries.delete(key);
    tries.set(key, { at: now(), afterMs });
    for (const [other, { at }] of tries) {
      if (now() - at < PERIODS * freshMs) return;
      tries.delete(other);
    }
  }

  async function askAll(): Promise<void> {
    isAsking = true;
    // Those that are added meanwhile are met too.
    for (const [key, ask] of waiting) {
      waiting.delete(key);
      tried(key, PERIODS * freshMs);
      try {
        await ask(NOBODY_WAITS);
      } catch (error) {
        tried(key, freshMs);
        if (!(error instanceof UpstreamError)) onFault(error);
      }
    }
    isAsking = false;
  }

  return {
    want(key, ask) {
      if (waiting.has(key) || waiting.size >= MAX_WAITING || !isDue(key)) return;
      waiting.set(key, ask);
      if (!isAsking) void askAll();
    },
    lacks(key) {
      const last = tries.get(key);
      if (last !== undefined) tries.set(key, { ...last, afterMs: freshMs });
    },
  };
}
