import { setImmediate } from 'node:timers/promises';
import DataLoader from 'dataloader';
import type { Catalog, Demand } from '../domain/catalog.ts';
import type { DataCenter } from '../domain/data-center.ts';
import { UpstreamError } from '../domain/errors.ts';
import type { GpuType } from '../domain/gpu-type.ts';
import type { Observation, ObservationKey } from '../domain/observation.ts';
import type { Outcome } from '../domain/report.ts';
import { compare } from '../domain/row-order.ts';

/** What the resolvers of one request read from; the same question is asked of the catalog once. */
export interface Loaders {
  /** By display name. Rejects with an `UpstreamError`. */
  gpuTypes(): Promise<readonly GpuType[]>;
  /** By id. Rejects with an `UpstreamError`. */
  dataCenters(): Promise<readonly DataCenter[]>;
  /** What became of asking for each of the GPU types, in their order. An upstream that fails is an outcome, not a rejection. */
  outcomes(gpuTypes: readonly GpuType[], gpuCount: number): Promise<readonly Outcome[]>;
  /** Resolves when nothing is being loaded any more, so that what is then said of the source includes how it answered. */
  settled(): Promise<void>;
}

/** Loaders for one request, whose wish `demand` is. */
export function createLoaders(catalog: Catalog, demand: Demand): Loaders {
  const loading = new Set<Promise<unknown>>();
  const track = <T>(load: Promise<T>): Promise<T> => {
    const forget = () => loading.delete(load);
    loading.add(load);
    load.then(forget, forget);
    return load;
  };
  const gpuTypes = once(async () => (await track(catalog.gpuTypes(demand))).toSorted(byDisplayName));
  const dataCenters = once(async () => (await track(catalog.dataCenters(demand))).toSorted(byId));

  const observations = new DataLoader<ObservationKey, Observation, string>(
    async (keys) => {
      const all = await dataCenters();
      return Promise.all(
        keys.map((key) =>
          track(catalog.observe({ ...key, dataCenters: all }, demand)).catch((error: unknown) => toError(error)),
        ),
      );
    },
    { name: 'observation', cacheKeyFn: ({ gpuType, gpuCount }) => `${gpuCount} ${gpuType.id}` },
  );

  return {
    gpuTypes,
    dataCenters,
    async outcomes(types, gpuCount) {
      const loaded = await observations.loadMany(types.map((gpuType) => ({ gpuType, gpuCount })));
      return loaded.map((outcome) => {
        if (outcome instanceof Error && !(outcome instanceof UpstreamError)) throw outcome;
        return outcome;
      });
    },
    async settled() {
      // What is loaded next is known a moment after what it depends on.
      await setImmediate();
      while (loading.size > 0) {
        await Promise.allSettled(loading);
        await setImmediate();
      }
    },
  };
}

function once<T>(load: () => Promise<T>): () => Promise<T> {
  let loading: Promise<T> | undefined;
  return () => {
    loading ??= load();
    return loading;
  };
}

const toError = (error: unknown) => (error instanceof Error ? error : new Error('not an error', { cause: error }));

function byDisplayName(a: GpuType, b: GpuType): number {
  return compare(a.displayName, b.displayName) || compare(a.id, b.id);
}

function byId(a: DataCenter, b: DataCenter): number {
  return compare(a.id, b.id);
}
