import { setTimeout as wait } from 'node:timers/promises';
import type { Demand } from '../domain/catalog.ts';
import { GATEWAY, mayAsk, refusalOf } from '../domain/client.ts';
import { type Asked, askedOf } from '../domain/clock.ts';
import { ClientLimitedError, UpstreamError, UpstreamNotAttemptedError } from '../domain/errors.ts';
import type { Lease, LeaseEnding, Leases } from './leases.ts';
import { createSharedLoads } from './shared-loads.ts';
import type { Kept, Store } from './store.ts';

/** How a read was answered: from a fresh cache entry, from an entry that is due for a refresh, or by waiting for a load. */
export type ReadResult = 'fresh' | 'stale' | 'miss';

/** A kind of cache entry: how it is loaded, and how long it is valid. */
export interface Renewable<T> {
  /** The key of the cache entry. */
  readonly key: string;
  /** The name of the load that returns this value. If it changes after that load has failed, the load with the new name is tried too. */
  readonly loadName: () => string;
  /** Loads values, normally including this one. Rejects with an `UpstreamError`. */
  readonly load: (demand: Demand) => Promise<readonly Loaded<T>[]>;
  /** Called with the cache entry each time it is read or changed. */
  readonly onSeen?: (kept: Kept<T>) => void;
  /** Called when a load has failed. */
  readonly onFailed?: () => void;
  /** Age at which the value is due for a refresh, in milliseconds since it was asked for. */
  readonly dueAfterMs: (value: T) => number;
  /** Age up to which the value may be served if no newer one is available, in milliseconds since it was asked for. */
  readonly goodForMs: number;
  /**
   * Whether a value of this age, in milliseconds, may be served at once. If not, readers wait for a load, and receive the value only if the
   * load fails. Defaults to yes.
   */
  readonly mayServe?: (value: T, ageMs: number) => boolean;
  /** Whether a value lacks something that the current question needs, which makes it due for a refresh at once. Defaults to no. */
  readonly lacks?: (value: T) => boolean;
}

/** One value of a loaded answer, and when the answer was asked for. */
export interface Loaded<T> extends Asked {
  readonly key: string;
  /**
   * Returns the value to store, given the cache entry so far. Called in the order in which answers arrive, which may differ from the order
   * in which they were asked for. The answer that was asked for later must win.
   */
  readonly merge: (before: Kept<T> | undefined) => T;
  /** Whether the value only adds to the cache entry, which then keeps its age. */
  readonly isAddition?: boolean;
}

/** A value that is available without waiting for a load. */
export interface Known<T> {
  /** Returns the value without any side effect. */
  readonly look: () => T;
  /** Returns the value as an answer: counts a read, and refreshes the entry in the background for `demand` if it is due. */
  readonly take: (demand: Demand) => T;
}

/** Dependencies of `createRenewingCache`. */
export interface RenewingCacheOptions {
  readonly store: Store;
  readonly leases: Leases;
  /** Milliseconds on the steady scale of this process. */
  readonly now: () => number;
  /** How long a load is not started again after it has failed, in milliseconds. */
  readonly holdOffMs: number;
  /** Called with the way in which reads were answered, and their number. */
  readonly onRead: (result: ReadResult, reads: number) => void;
  /** Called with an error that is not an `UpstreamError`, thrown by a load in the background. */
  readonly onFault: (error: unknown) => void;
}

/** A cache that refreshes its entries. */
export interface RenewingCache {
  /**
   * Returns a cached or loaded value. Rejects with an `UpstreamError` when there is no valid cached value and the load fails, or with the
   * reason of `demand.signal` if that is aborted. A load is started only while a client of `demand` has a request left. Joining a running
   * load is free.
   */
  read<T>(renewable: Renewable<T>, demand: Demand): Promise<T>;
  /** The result of `read` if it is available without waiting for a load, else `undefined`. */
  lookUp<T>(renewable: Renewable<T>): Promise<Known<T> | undefined>;
  /** Loads the value even if the cached one is fresh. Rejects as `read` does. */
  renew<T>(renewable: Renewable<T>, demand: Demand): Promise<void>;
  /** Changes after each load that was stored. */
  readonly version: () => number;
}

interface Failure {
  readonly error: UpstreamError;
  readonly until: number;
}

/**
 * Creates a cache that serves valid entries at once, and refreshes them in the background when they are due. Without a valid entry, all
 * readers wait for the same load. A failure is never stored as an answer. It only delays the next load.
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

  /** Starts a load in the background. Ignores failures of the source, because each attempt reports its own. */
  function renewBehind<T>(renewable: Renewable<T>, known: Kept<T>, demand: Demand): void {
    if (refusalOf(demand) !== null) return;
    load(renewable, demand, known).catch((error: unknown) => {
      if (!(error instanceof UpstreamError)) onFault(error);
    });
  }

  /** Loads a value that is later than `known`. Tries the other load, if there is one, when the first one fails. */
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
    // All values under one key have the same type.
    const value = values === null ? (await getGood(renewable))?.value : (values.get(renewable.key) as T | undefined);
    if (value === undefined)
      throw new UpstreamNotAttemptedError('this GPU type', 'it is new, and the latest request did not include it');
    return value;
  }

  /** Starts a load, or joins the running one. Starts another if the joined load failed because its clients could not pay. */
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

  /** Loads under a lease. Returns all loaded values by key, or `null` when another replica has loaded and stored them. */
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
      // After 'done', the other replica's value may be missing here. Then load it again.
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
      // Another replica may have stored a value between the read and the lease.
      const good = await getGood(renewable);
      if (good !== undefined && (known === undefined || good.askedAt > known.askedAt)) {
        ending = 'loaded';
        return null;
      }
      const loaded = await renewable.load(demand);
      failures.delete(name);
      // The lease was lost. The replica that took over has stored a later answer, or will.
      if (!(await lease.confirm()) && (await getGood(renewable)) !== undefined) return null;
      const keepOne = async (one: Loaded<T>) => [one.key, await inTurn(one.key, () => keep(one, renewable))] as const;
      const values = new Map(await Promise.all(loaded.map(keepOne)));
      ending = 'loaded';
      return values;
    } catch (error) {
      // A refusal because of a client's budget is no sign of a failing source.
      if (error instanceof UpstreamError && !(error instanceof ClientLimitedError)) {
        ending = 'failed';
        renewable.onFailed?.();
        // A request that was never sent has cost nothing and may be tried again at once.
        if (error.code !== 'NOT_ATTEMPTED') holdOff(name, error);
      }
      throw error;
    } finally {
      await lease.release(ending);
    }
  }

  /** Merges a loaded value into its cache entry, which keeps its age if this answer was asked for earlier than the entry's. */
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

  /** Runs the tasks of each key one after another. */
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

/** How long to wait before checking again whether another replica has finished a load: for a waiting client, and in the background. */
const LOOK_AGAIN_MS = { awaited: 20, behind: 200 };

const NOBODY_WAITS: Demand = { signal: new AbortController().signal, awaited: false, clients: [GATEWAY] };
