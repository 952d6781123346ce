import type { Catalog, Demand } from '../domain/catalog.ts';
import type { DataCenter } from '../domain/data-center.ts';
import type { GpuType } from '../domain/gpu-type.ts';
import type { Lists } from '../domain/lists.ts';
import { once } from './once.ts';
import { sortDataCenters, sortGpuTypes } from './sorted-lists.ts';
import type { Validity } from './validity.ts';

/** Reads the lists of GPU types and data centers, each at most once until `forget` is called. */
export interface ListLoaders {
  readonly gpuTypes: () => Promise<readonly GpuType[]>;
  readonly gpuType: (id: string) => Promise<GpuType | null>;
  readonly dataCenters: () => Promise<readonly DataCenter[]>;
  readonly dataCenter: (id: string) => Promise<DataCenter | null>;
  readonly both: () => Promise<Lists>;
  /** Discards the lists that were read. */
  readonly forget: () => void;
}

/**
 * Creates the loaders of the lists of GPU types and data centers. `load` must call `read` with the `Demand` of the client, and count the
 * cost of the read. `validity` records which lists were read.
 */
export function createListLoaders(
  catalog: Pick<Catalog, 'gpuTypes' | 'dataCenters'>,
  validity: Pick<Validity, 'readList'>,
  load: <T>(read: (demand: Demand) => Promise<T>) => Promise<T>,
): ListLoaders {
  const note = <List extends Lists[keyof Lists]>(list: List): List => {
    validity.readList(list);
    return list;
  };
  const gpuTypes = once(async () => note(sortGpuTypes(await load(catalog.gpuTypes))));
  const dataCenters = once(async () => note(sortDataCenters(await load(catalog.dataCenters))));
  const gpuTypeById = once(async () => indexById(await gpuTypes()));
  const dataCenterById = once(async () => indexById(await dataCenters()));
  return {
    gpuTypes,
    gpuType: async (id) => (await gpuTypeById()).get(id) ?? null,
    dataCenters,
    dataCenter: async (id) => (await dataCenterById()).get(id) ?? null,
    both: async () => {
      const [types, centers] = await Promise.all([gpuTypes(), dataCenters()]);
      return { gpuTypes: types, dataCenters: centers };
    },
    forget() {
      for (const read of [gpuTypes, dataCenters, gpuTypeById, dataCenterById]) read.forget();
    },
  };
}

const indexById = <T extends { readonly id: string }>(rows: readonly T[]) => new Map(rows.map((row) => [row.id, row]));
