import type { Demand } from '../domain/catalog.ts';
import { mayAsk, refusalOf } from '../domain/client.ts';
import { ClientLimitedError, UpstreamError, UpstreamNotAttemptedError } from '../domain/errors.ts';
import { type LeasedLoadDeps, type LoadedValues, loadUnderLease, type NamedLoad } from './leased-load.ts';
import type { Renewable } from './renewable.ts';
import { createSharedLoads } from './shared-loads.ts';
import type { Kept } from './store.ts';

/** Loads the values of a cache. */
export interface Loader {
  /**
   * Loads a value that is newer than `known`, or joins the running load with the same name. If the load fails and `renewable.loadName` then
   * returns another name, tries the load with that name.
   */
  load<T>(renewable: Renewable<T>, demand: Demand, known: Kept<T> | undefined): Promise<T>;
  /** Whether a load with this name can be joined. */
  isRunning(name: string): boolean;
}

/** Dependencies of `createLoader`. */
export interface LoaderDeps extends LeasedLoadDeps {
  /** Aborted when all loads must end. Default: loads are not ended. */
  readonly closing?: AbortSignal | undefined;
}

/** Creates a loader that runs at most one load per name at a time. */
export function createLoader(deps: LoaderDeps): Loader {
  const loads = createSharedLoads(deps.closing);

  async function load<T>(named: NamedLoad<T>, demand: Demand): Promise<T> {
    const heldOff = deps.holdOffs.errorOf(named.name);
    if (heldOff !== undefined) throw heldOff;
    const values = await join(named, demand);
    const { renewable } = named;
    // The type assertion is safe, because all values under one key have the same type.
    const value =
      values === null ? (await deps.entries.getGood(renewable))?.value : (values.get(renewable.key) as T | undefined);
    if (value !== undefined) return value;
    throw new UpstreamNotAttemptedError('this GPU type', 'it is new, and the latest request did not include it');
  }

  /**
   * Starts a load, or joins the running load with the same name. The running load fails if no client has any budget left when the load
   * examines the budgets. If a client of `demand` has budget left, for example because it joined later, another load is then joined or
   * started.
   */
  async function join<T>(named: NamedLoad<T>, demand: Demand): Promise<LoadedValues> {
    const refusal = loads.isRunning(named.name) ? null : refusalOf(demand);
    if (refusal !== null) throw refusal;
    try {
      return await loads.join(named.name, (shared) => loadUnderLease(deps, named, shared), demand);
    } catch (error) {
      if (error instanceof ClientLimitedError && mayAsk(demand)) return join(named, demand);
      throw error;
    }
  }

  return {
    async load(renewable, demand, known) {
      const name = renewable.loadName();
      try {
        return await load({ name, renewable, known }, demand);
      } catch (error) {
        const other = renewable.loadName();
        if (other === name || !(error instanceof UpstreamError)) throw error;
        return load({ name: other, renewable, known }, demand);
      }
    },
    isRunning: (name) => loads.isRunning(name),
  };
}
