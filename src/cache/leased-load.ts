import { setTimeout as wait } from 'node:timers/promises';
import type { Demand } from '../domain/catalog.ts';
import { ClientLimitedError, UpstreamError } from '../domain/errors.ts';
import type { CacheEntries } from './cache-entries.ts';
import type { HoldOffs } from './hold-offs.ts';
import type { Lease, LeaseEnding, Leases } from './leases.ts';
import type { Renewable } from './renewable.ts';
import type { Kept } from './store.ts';

/**
 * The interval at which a replica checks whether another replica has finished a load, in milliseconds. It is shorter while a client waits
 * for the load.
 */
const LOOK_AGAIN_MS = { awaited: 20, background: 200 };

/** Dependencies of `loadUnderLease`. */
export interface LeasedLoadDeps {
  readonly entries: CacheEntries;
  readonly leases: Leases;
  readonly holdOffs: HoldOffs;
}

/** A load: its name, the value to load, and the current cache entry of this value, if there is one. */
export interface NamedLoad<T> {
  readonly name: string;
  readonly renewable: Renewable<T>;
  readonly known: Kept<T> | undefined;
}

/** All loaded values by key, or `null` if another replica has loaded and stored them. */
export type LoadedValues = ReadonlyMap<string, unknown> | null;

/** Loads values and stores them. If another replica is already running the same load, waits for its result instead. */
export async function loadUnderLease<T>(
  deps: LeasedLoadDeps,
  load: NamedLoad<T>,
  demand: Demand,
): Promise<LoadedValues> {
  let waited = false;
  for (;;) {
    const lease = await deps.leases.take(load.name, waited);
    if (typeof lease === 'object') return loadWith(lease, deps, load, demand);
    if (lease === 'done' && (await deps.entries.getGood(load.renewable)) !== undefined) return null;
    // If the other replica has finished but its value is not in the store, this replica does not wait again. It takes the lease and loads
    // the value itself.
    waited = lease === 'held';
    const waitMs = demand.awaited ? LOOK_AGAIN_MS.awaited : LOOK_AGAIN_MS.background;
    if (waited) await wait(waitMs, undefined, { signal: demand.signal });
  }
}

async function loadWith<T>(
  lease: Lease,
  { entries, holdOffs }: LeasedLoadDeps,
  { name, renewable, known }: NamedLoad<T>,
  demand: Demand,
): Promise<LoadedValues> {
  let ending: LeaseEnding = 'undecided';
  try {
    // Another replica may have stored a value after this replica read the cache and before it took the lease. In that case, this replica
    // loads nothing.
    const good = await entries.getGood(renewable);
    if (good !== undefined && (known === undefined || good.askedAt > known.askedAt)) {
      ending = 'loaded';
      return null;
    }
    const loaded = await renewable.load(demand);
    holdOffs.succeeded(name);
    // If this replica has lost its lease, another replica has taken it. If that replica has already stored a value, this replica uses that
    // value and does not store its own.
    if (!(await lease.confirm()) && (await entries.getGood(renewable)) !== undefined) return null;
    const values = await Promise.all(
      loaded.map(async (one) => [one.key, await entries.merge(one, renewable)] as const),
    );
    ending = 'loaded';
    return new Map(values);
  } catch (error) {
    // A refusal because of a client's budget does not count as a failure, because the source has not failed.
    if (error instanceof UpstreamError && !(error instanceof ClientLimitedError)) {
      ending = 'failed';
      renewable.onFailed?.();
      // A request that was never sent has not put load on RunPod, so it may be repeated at once.
      if (error.code !== 'NOT_ATTEMPTED') holdOffs.failed(name, error);
    }
    throw error;
  } finally {
    await lease.release(ending);
  }
}
