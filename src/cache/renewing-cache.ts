import type { Demand } from '../domain/catalog.ts';
import { UpstreamError } from '../domain/errors.ts';
import { createSharedLoads } from './shared-loads.ts';
import type { Kept, Store } from './store.ts';

/** How an answer was had: fresh from the cache, from the cache although it is due for renewal, or by waiting for a load. */
export type ReadResult = 'fresh' | 'stale' | 'miss';

/** Something that is loaded, kept and renewed. */
export interface Renewable<T, Loaded> {
  /** Names it in the cache. */
  readonly key: string;
  /** Loads it. Rejects with an `UpstreamError`. */
  readonly load: (demand: Demand) => Promise<Loaded>;
  /** Called with what was loaded, in the order of loading; gives what is kept from then on, `before` being what was kept. */
  readonly merge: (loaded: Loaded, before: T | undefined) => T;
  /** Called when a load has failed, with what is kept. */
  readonly onFailed?: (kept: T | undefined) => void;
  /** How long after loading, in milliseconds, it is due for renewal. */
  readonly dueAfterMs: (value: T) => number;
  /** How long after loading, in milliseconds, it may be served while no newer one can be had. */
  readonly goodForMs: number;
  /** Whether a value that was kept so many milliseconds ago may be served while a newer one is fetched; unless told otherwise. */
  readonly mayServe?: (value: T, ageMs: number) => boolean;
  /** Whether a kept value tells of what is asked for at all; unless told otherwise. */
  readonly tellsOf?: (value: T) => boolean;
  /** Whether a kept value lacks something that is asked for now, and so is due at once; never, unless told otherwise. */
  readonly lacks?: (value: T) => boolean;
}

/** Something that can be had without waiting for a load. */
export interface Known<T> {
  /** Costs nothing. */
  readonly look: () => T;
  /** The same for who answers with it: it counts as a read, and is renewed when it is due. */
  readonly take: () => T;
}

/** What the cache needs. */
export interface RenewingCacheOptions {
  readonly store: Store;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** How long after a failure the same is not loaded again, in milliseconds. */
  readonly holdOffMs: number;
  /** Told how each read was answered. */
  readonly onRead: (result: ReadResult) => void;
  /** Told of an error that is no `UpstreamError` in a load that nobody waited for. */
  readonly onFault: (error: unknown) => void;
}

/** Keeps answers and renews them. */
export interface RenewingCache {
  /** Rejects with an `UpstreamError` when nothing is kept that may be served, and the load fails; or when `demand` is gone. */
  read<T, Loaded>(renewable: Renewable<T, Loaded>, demand: Demand): Promise<T>;
  /** What `read` would give without waiting for a load, or `undefined`. */
  lookUp<T, Loaded>(renewable: Renewable<T, Loaded>): Promise<Known<T> | undefined>;
  /** Loads it although what is kept may be fresh. Rejects like `read`. */
  renew<T, Loaded>(renewable: Renewable<T, Loaded>, demand: Demand): Promise<void>;
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
export function createRenewingCache({ store, now, holdOffMs, onRead, onFault }: RenewingCacheOptions): RenewingCache {
  const loads = createSharedLoads();
  const failures = new Map<string, Failure>();
  const lastKept = new Map<string, number>();
  const keeping = new Map<string, Promise<unknown>>();
  let started = 0;
  let version = 0;

  async function read<T, Loaded>(renewable: Renewable<T, Loaded>, demand: Demand): Promise<T> {
    const good = await getGood(renewable);
    if (good !== undefined && mayServe(renewable, good)) return serve(renewable, good);
    onRead('miss');
    try {
      return await load(renewable, demand);
    } catch (error) {
      const isTold = good !== undefined && renewable.tellsOf?.(good.value) !== false;
      if (isTold && error instanceof UpstreamError) return good.value;
      throw error;
    }
  }

  async function lookUp<T, Loaded>(renewable: Renewable<T, Loaded>): Promise<Known<T> | undefined> {
    const good = await getGood(renewable);
    if (good === undefined || !mayServe(renewable, good)) return undefined;
    return { look: () => good.value, take: () => serve(renewable, good) };
  }

  function mayServe<T, Loaded>(renewable: Renewable<T, Loaded>, { value, loadedAt }: Kept<T>): boolean {
    return renewable.tellsOf?.(value) !== false && (renewable.mayServe?.(value, now() - loadedAt) ?? true);
  }

  async function getGood<T, Loaded>({ key, goodForMs }: Renewable<T, Loaded>): Promise<Kept<T> | undefined> {
    const kept = await store.get<T>(key);
    return kept !== undefined && now() < kept.loadedAt + goodForMs ? kept : undefined;
  }

  function serve<T, Loaded>(renewable: Renewable<T, Loaded>, { value, loadedAt }: Kept<T>): T {
    const isDue = renewable.lacks?.(value) === true || now() >= loadedAt + renewable.dueAfterMs(value);
    onRead(isDue ? 'stale' : 'fresh');
    if (isDue && !loads.isRunning(renewable.key)) renewBehind(renewable);
    return value;
  }

  /** Failures of a source are reported where it is asked. */
  function renewBehind<T, Loaded>(renewable: Renewable<T, Loaded>): void {
    load(renewable, NOBODY_WAITS).catch((error: unknown) => {
      if (!(error instanceof UpstreamError)) onFault(error);
    });
  }

  async function load<T, Loaded>(renewable: Renewable<T, Loaded>, demand: Demand): Promise<T> {
    const { key } = renewable;
    const failure = failures.get(key);
    if (failure !== undefined && now() < failure.until) throw failure.error;
    return loads.join(key, (shared) => loadAndKeep(renewable, shared), demand);
  }

  async function loadAndKeep<T, Loaded>(renewable: Renewable<T, Loaded>, demand: Demand): Promise<T> {
    const { key } = renewable;
    started += 1;
    const number = started;
    try {
      const loaded = await renewable.load(demand);
      failures.delete(key);
      return await inTurn(key, () => keep(renewable, loaded, number));
    } catch (error) {
      if (error instanceof UpstreamError) {
        renewable.onFailed?.((await store.get<T>(key))?.value);
        // What was not attempted cost nothing, and may be tried again at once.
        if (error.code !== 'NOT_ATTEMPTED') holdOff(key, error);
      }
      throw error;
    }
  }

  /** A load that everybody left may end after a later one, whose answer then stands. */
  async function keep<T, Loaded>(renewable: Renewable<T, Loaded>, loaded: Loaded, number: number): Promise<T> {
    const { key, merge, goodForMs } = renewable;
    const before = (await store.get<T>(key))?.value;
    if (before !== undefined && number < (lastKept.get(key) ?? 0)) return before;
    const value = merge(loaded, before);
    lastKept.set(key, number);
    await store.set(key, { value, loadedAt: now() }, goodForMs);
    version += 1;
    return value;
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

  function holdOff(key: string, error: UpstreamError): void {
    for (const [other, { until }] of failures) if (now() >= until) failures.delete(other);
    failures.set(key, { error, until: now() + holdOffMs });
  }

  return {
    read,
    lookUp,
    async renew(renewable, demand) {
      await load(renewable, demand);
    },
    version: () => version,
  };
}

const NOBODY_WAITS: Demand = { signal: new AbortController().signal, awaited: false };
