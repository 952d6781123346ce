import { setTimeout as wait } from 'node:timers/promises';
import type { Demand } from '../domain/catalog.ts';
import { GATEWAY, mayAsk, refusalOf } from '../domain/client.ts';
import { type Asked, askedOf } from '../domain/clock.ts';
import { ClientLimitedError, UpstreamError, UpstreamNotAttemptedError } from '../domain/errors.ts';
import type { Lease, LeaseEnding, Leases } from './leases.ts';
import { createSharedLoads } from './shared-loads.ts';
import type { Kept, Store } from './store.ts';

/** How an answer was had: fresh from the cache, from the cache although it is due for renewal, or by waiting for a load. */
export type ReadResult = 'fresh' | 'stale' | 'miss';

/** Something that is loaded, kept and renewed. */
export interface Renewable<T> {
  /** Names it in the cache. */
  readonly key: string;
  /** Names the load that tells of it, and maybe of more. It may be another when that load has failed: then it is tried too. */
  readonly loadName: () => string;
  /** What is told, the one asked for among it unless it is not told of. Rejects with an `UpstreamError`. */
  readonly load: (demand: Demand) => Promise<readonly Loaded<T>[]>;
  /** Called with what is kept, whenever that is looked at or has changed. */
  readonly onSeen?: (kept: Kept<T>) => void;
  /** Called when a load has failed. */
  readonly onFailed?: () => void;
  /** How long after it was asked for, in milliseconds, it is due for renewal. */
  readonly dueAfterMs: (value: T) => number;
  /** How long after it was asked for, in milliseconds, it may be served while no newer one is available. */
  readonly goodForMs: number;
  /** Whether a value that was asked for so many milliseconds ago may be served while a newer one is fetched. By default it may. */
  readonly mayServe?: (value: T, ageMs: number) => boolean;
  /** Whether a kept value lacks something that is asked for now, and so is due at once; never, unless told otherwise. */
  readonly lacks?: (value: T) => boolean;
}

/** One of the values of a loaded answer, and when the answer was asked for. */
export interface Loaded<T> extends Asked {
  readonly key: string;
  /**
   * Returns the value to keep, given what was kept before. Called in the order in which answers arrive, which need not be the order
   * in which they were asked for: an answer that was asked for later must win.
   */
  readonly merge: (before: Kept<T> | undefined) => T;
  /** Whether it only adds to what is kept, which stays as old as it was. */
  readonly isAddition?: boolean;
}

/** Something that can be had without waiting for a load. */
export interface Known<T> {
  /** Costs nothing. */
  readonly look: () => T;
  /** The same for an answer: it counts as a read, and is renewed in the background for `demand` when it is due. */
  readonly take: (demand: Demand) => T;
}

/** What the cache needs. */
export interface RenewingCacheOptions {
  readonly store: Store;
  readonly leases: Leases;
  /** Milliseconds on the steady scale of this process. */
  readonly now: () => number;
  /** How long after a failure the same is not loaded again, in milliseconds. */
  readonly holdOffMs: number;
  /** Told how so many reads were answered. */
  readonly onRead: (result: ReadResult, reads: number) => void;
  /** Told of an error that is no `UpstreamError` in a load that nobody waited for. */
  readonly onFault: (error: unknown) => void;
}

/** Keeps answers and renews them. */
export interface RenewingCache {
  /**
   * Rejects with an `UpstreamError` when nothing is kept that may be served and the load fails, or when `demand` is gone. A load is
   * started only while a client of `demand` may ask, and joined in any case.
   */
  read<T>(renewable: Renewable<T>, demand: Demand): Promise<T>;
  /** What `read` would give without waiting for a load, or `undefined`. */
  lookUp<T>(renewable: Renewable<T>): Promise<Known<T> | undefined>;
  /** Loads it although what is kept may be fresh. Rejects like `read`. */
  renew<T>(renewable: Renewable<T>, demand: Demand): Promise<void>;
  /** Another number after each load that was kept. */
  readonly version: () => number;
}

interface Failure {
  readonly error: UpstreamError;
  readonly until: number;
}

/**
 * Serves what is kept while it is good: at once, and when it is due for renewal, a load is started that nobody waits for.
 * Otherwise whoever asks waits for one load together. A failure is not kept as an answer; it only holds off the next load.
 */
export function createRenewingCache({
  store,
  leases,
  now,
  holdOffMs,
  onRead,
  onFault,
}: RenewingCacheOptions): RenewingCache {
  const loads = createSharedLoads();
  const failures = new Map<string, Failure>();
  const keeping = new Map<string, Promise<unknown>>();
  let version = 0;

  async function read<T>(renewable: Renewable<T>, demand: Demand): Promise<T> {
    const good = await getGood(renewable);
    if (good !== undefined && mayServe(renewable, good)) return serve(renewable, good, demand);
    onRead('miss', 1);
    try {
      return await load(renewable, demand, good);
    } catch (error) {
      if (good !== undefined && error instanceof UpstreamError) return good.value;
      throw error;
    }
  }

  async function lookUp<T>(renewable: Renewable<T>): Promise<Known<T> | undefined> {
    const good = await getGood(renewable);
    if (good === undefined || !mayServe(renewable, good)) return undefined;
    return { look: () => good.value, take: (demand) => serve(renewable, good, demand) };
  }

  const mayServe = <T>({ mayServe: may }: Renewable<T>, { value, askedAt }: Kept<T>): boolean =>
    may?.(value, now() - askedAt) ?? true;

  async function getGood<T>({ key, goodForMs, onSeen }: Renewable<T>): Promise<Kept<T> | undefined> {
    const kept = await store.get<T>(key);
    if (kept === undefined || now() >= kept.askedAt + goodForMs) return undefined;
    onSeen?.(kept);
    return kept;
  }

  function serve<T>(renewable: Renewable<T>, kept: Kept<T>, demand: Demand): T {
    const { value, askedAt } = kept;
    const isDue = renewable.lacks?.(value) === true || now() >= askedAt + renewable.dueAfterMs(value);
    onRead(isDue ? 'stale' : 'fresh', 1);
    const isNewLoad = isDue && !loads.isRunning(renewable.loadName());
    if (isNewLoad) renewBehind(renewable, kept, { ...NOBODY_WAITS, clients: demand.clients });
    return value;
  }

  /** Failures of a source are reported where it is asked. */
  function renewBehind<T>(renewable: Renewable<T>, known: Kept<T>, demand: Demand): void {
    if (refusalOf(demand) !== null) return;
    load(renewable, demand, known).catch((error: unknown) => {
      if (!(error instanceof UpstreamError)) onFault(error);
    });
  }

  /** Has what is later than what is `known`. */
  async function load<T>(renewable: Renewable<T>, demand: Demand, known: Kept<T> | undefined): Promise<T> {
    const name = renewable.loadName();
    try {
      return await loadBy(name, renewable, demand, known);
    } catch (error) {
      const other = renewable.loadName();
      if (other === name || !(error instanceof UpstreamError)) throw error;
      return loadBy(other, renewable, demand, known);
    }
  }

  async function loadBy<T>(
    name: string,
    renewable: Renewable<T>,
    demand: Demand,
    known: Kept<T> | undefined,
  ): Promise<T> {
    const failure = failures.get(name);
    if (failure !== undefined && now() < failure.until) throw failure.error;
    const values = await joinLoad(name, renewable, demand, known);
    // What is kept under one key is always of one type.
    const value = values === null ? (await getGood(renewable))?.value : (values.get(renewable.key) as T | undefined);
    if (value === undefined) throw new UpstreamNotAttemptedError('it', 'it has only just been listed');
    return value;
  }

  /** Starts a load or joins the running one. When one was started for clients that could not pay for it, another is started. */
  async function joinLoad<T>(name: string, renewable: Renewable<T>, demand: Demand, known: Kept<T> | undefined) {
    const refusal = loads.isRunning(name) ? null : refusalOf(demand);
    if (refusal !== null) throw refusal;
    try {
      return await loads.join(name, (shared) => loadInTurn(name, renewable, shared, known), demand);
    } catch (error) {
      if (error instanceof ClientLimitedError && mayAsk(demand)) return joinLoad(name, renewable, demand, known);
      throw error;
    }
  }

  /** Everything that was told, by key; `null` when another replica has loaded and kept it meanwhile. */
  async function loadInTurn<T>(
    name: string,
    renewable: Renewable<T>,
    demand: Demand,
    known: Kept<T> | undefined,
  ): Promise<ReadonlyMap<string, unknown> | null> {
    let waited = false;
    for (;;) {
      const lease = await leases.take(name, waited);
      if (typeof lease === 'object') return loadHolding(lease, name, renewable, demand, known);
      if (lease === 'done' && (await getGood(renewable)) !== undefined) return null;
      // What was done may not have come here: then it is done again.
      waited = lease === 'held';
      if (waited)
        await wait(demand.awaited ? LOOK_AGAIN_MS.awaited : LOOK_AGAIN_MS.behind, undefined, { signal: demand.signal });
    }
  }

  async function loadHolding<T>(
    lease: Lease,
    name: string,
    renewable: Renewable<T>,
    demand: Demand,
    known: Kept<T> | undefined,
  ): Promise<ReadonlyMap<string, unknown> | null> {
    let ending: LeaseEnding = 'undecided';
    try {
      // Another replica may have loaded it between the look and the lease.
      const good = await getGood(renewable);
      if (good !== undefined && (known === undefined || good.askedAt > known.askedAt)) {
        ending = 'loaded';
        return null;
      }
      const loaded = await renewable.load(demand);
      failures.delete(name);
      // Whoever has taken over keeps a later answer, or has kept it.
      if (!(await lease.confirm()) && (await getGood(renewable)) !== undefined) return null;
      const keepOne = async (one: Loaded<T>) => [one.key, await inTurn(one.key, () => keep(one, renewable))] as const;
      const values = new Map(await Promise.all(loaded.map(keepOne)));
      ending = 'loaded';
      return values;
    } catch (error) {
      // What a client may not ask for says nothing about the source.
      if (error instanceof UpstreamError && !(error instanceof ClientLimitedError)) {
        ending = 'failed';
        renewable.onFailed?.();
        // What was not attempted cost nothing, and may be tried again at once.
        if (error.code !== 'NOT_ATTEMPTED') holdOff(name, error);
      }
      throw error;
    } finally {
      await lease.release(ending);
    }
  }

  /** An answer may arrive after one that was asked for later, and then leaves the kept value as new as it was. */
  async function keep<T>(loaded: Loaded<T>, renewable: Renewable<T>): Promise<T> {
    const { key, merge, isAddition = false } = loaded;
    const before = await store.get<T>(key);
    const isNewer = before === undefined || (!isAddition && loaded.askedAt >= before.askedAt);
    const kept = { value: merge(before), ...askedOf(isNewer ? loaded : before) };
    const leftMs = (ms: number) => Math.max(1, Math.ceil(kept.askedAt + ms - now()));
    await store.set(key, kept, {
      freshMs: leftMs(renewable.dueAfterMs(kept.value)),
      goodMs: leftMs(renewable.goodForMs),
    });
    if (key === renewable.key) renewable.onSeen?.(kept);
    version += 1;
    return kept.value;
  }

  /** One after the other for each key. */
  function inTurn<T>(key: string, task: () => Promise<T>): Promise<T> {
    const turn = (keeping.get(key) ?? Promise.resolve()).then(task, task);
    const forget = () => {
      if (keeping.get(key) === turn) keeping.delete(key);
    };
    keeping.set(key, turn);
    turn.then(forget, forget);
    return turn;
  }

  function holdOff(name: string, error: UpstreamError): void {
    for (const [other, { until }] of failures) if (now() >= until) failures.delete(other);
    failures.set(name, { error, until: now() + holdOffMs });
  }

  return {
    read,
    lookUp,
    async renew(renewable, demand) {
      await load(renewable, demand, await getGood(renewable));
    },
    version: () => version + store.version(),
  };
}

/** How soon to look again whether another replica has loaded something: when somebody waits for it, and when nobody does. */
const LOOK_AGAIN_MS = { awaited: 20, behind: 200 };

const NOBODY_WAITS: Demand = { signal: new AbortController().signal, awaited: false, clients: [GATEWAY] };
