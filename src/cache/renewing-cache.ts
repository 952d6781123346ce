import type { Demand } from '../domain/catalog.ts';
import { UpstreamError } from '../domain/errors.ts';
import { createSharedLoads } from './shared-loads.ts';
import type { Kept, Store } from './store.ts';

/** How an answer was had: fresh from the cache, from the cache although it is due for renewal, or by waiting for a load. */
export type ReadResult = 'fresh' | 'stale' | 'miss';

/** Something that is loaded, kept and renewed. */
export interface Renewable<T> {
  /** Names it in the cache. */
  readonly key: string;
  /**
   * Loads it; `readKept` tells what is known besides, if anything. To be read at the end: a load that everybody left may end
   * after a later one. Rejects with an `UpstreamError`.
   */
  readonly load: (readKept: () => Promise<T | undefined>, demand: Demand) => Promise<T>;
  /** How long after loading, in milliseconds, it is due for renewal. */
  readonly dueAfterMs: (value: T) => number;
  /** How long after loading, in milliseconds, it may be served while no newer one can be had. */
  readonly goodForMs: number;
  /** Whether a value that was kept so many milliseconds ago may be served while a newer one is fetched; unless told otherwise. */
  readonly mayServe?: (value: T, ageMs: number) => boolean;
  /** Whether a kept value lacks something that is asked for now, and so is due at once; never, unless told otherwise. */
  readonly lacks?: (value: T) => boolean;
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
  read<T>(renewable: Renewable<T>, demand: Demand): Promise<T>;
  /** What `read` would give without waiting for a load, or `undefined`. */
  lookUp<T>(renewable: Renewable<T>): Promise<T | undefined>;
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
export function createRenewingCache({ store, now, holdOffMs, onRead, onFault }: RenewingCacheOptions): RenewingCache {
  const loads = createSharedLoads();
  const failures = new Map<string, Failure>();
  let version = 0;

  async function read<T>(renewable: Renewable<T>, demand: Demand): Promise<T> {
    const good = await getGood(renewable);
    if (good !== undefined && mayServe(renewable, good)) return serve(renewable, good);
    onRead('miss');
    try {
      return await load(renewable, demand);
    } catch (error) {
      if (good !== undefined && error instanceof UpstreamError) return good.value;
      throw error;
    }
  }

  async function lookUp<T>(renewable: Renewable<T>): Promise<T | undefined> {
    const good = await getGood(renewable);
    return good !== undefined && mayServe(renewable, good) ? serve(renewable, good) : undefined;
  }

  function mayServe<T>(renewable: Renewable<T>, { value, loadedAt }: Kept<T>): boolean {
    return renewable.mayServe?.(value, now() - loadedAt) ?? true;
  }

  async function getGood<T>({ key, goodForMs }: Renewable<T>): Promise<Kept<T> | undefined> {
    const kept = await store.get<T>(key);
    return kept !== undefined && now() < kept.loadedAt + goodForMs ? kept : undefined;
  }

  function serve<T>(renewable: Renewable<T>, { value, loadedAt }: Kept<T>): T {
    const isDue = renewable.lacks?.(value) === true || now() >= loadedAt + renewable.dueAfterMs(value);
    onRead(isDue ? 'stale' : 'fresh');
    if (isDue && !loads.isRunning(renewable.key)) renewBehind(renewable);
    return value;
  }

  /** Failures of a source are reported where it is asked. */
  function renewBehind<T>(renewable: Renewable<T>): void {
    load(renewable, NOBODY_WAITS).catch((error: unknown) => {
      if (!(error instanceof UpstreamError)) onFault(error);
    });
  }

  async function load<T>(renewable: Renewable<T>, demand: Demand): Promise<T> {
    const { key } = renewable;
    const failure = failures.get(key);
    if (failure !== undefined && now() < failure.until) throw failure.error;
    return loads.join(key, (shared) => loadAndKeep(renewable, shared), demand);
  }

  async function loadAndKeep<T>(renewable: Renewable<T>, demand: Demand): Promise<T> {
    const { key, goodForMs } = renewable;
    try {
      const value = await renewable.load(async () => (await store.get<T>(key))?.value, demand);
      failures.delete(key);
      await store.set(key, { value, loadedAt: now() }, goodForMs);
      version += 1;
      return value;
    } catch (error) {
      // What was not attempted cost nothing, and may be tried again at once.
      if (error instanceof UpstreamError && error.code !== 'NOT_ATTEMPTED') holdOff(key, error);
      throw error;
    }
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
