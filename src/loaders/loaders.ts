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
}

/** Loaders for one request, whose wish `demand` is. */
export function createLoaders(catalog: Catalog, demand: Demand): Loaders {
  const gpuTypes = once(async () => (await catalog.gpuTypes(demand)).toSorted(byDisplayName));
  const dataCenters = once(async () => (await catalog.dataCenters(demand)).toSorted(byId));

  const observations = new DataLoader<ObservationKey, Observation, string>(
    async (keys) => {
      const all = await dataCenters();
      return Promise.all(
        keys.map((key) =>
          catalog.observe({ ...key, dataCenters: all }, demand).catch((error: unknown) => toError(error)),
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
