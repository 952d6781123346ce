import { indexStock, type Level, type World, type WorldDataCenter, type WorldGpuType } from './world.ts';

/** Each thing that RunPod's REST API has been seen to say in more than one way. */
export interface RestForm {
  /** The data centers of a type that none has: left out, as documented, or an empty list. */
  readonly soldOut: 'left out' | 'empty list';
  /** A data center without stock: left out of a type's list, or in it with NONE. */
  readonly without: 'left out' | 'NONE';
  /** The overall level of a type: that of its best data center, or NONE from an earlier moment. */
  readonly overall: 'best' | 'lags behind';
  /** A type that has no pod of the size asked for: listed, or left out of the answer. Pods of one GPU leave nothing out. */
  readonly types: 'listed' | 'left out';
}

/** As RunPod documents it. */
export const DOCUMENTED: RestForm = { soldOut: 'left out', without: 'left out', overall: 'best', types: 'listed' };

const LEVELS: readonly Level[] = ['NONE', 'LOW', 'MEDIUM', 'HIGH'];

/** A world as answers of RunPod's REST API v2: list prices, and neither spot prices nor pod sizes. */
export function createRestAnswers(world: World, form: RestForm) {
  const levelOf = indexStock(world);

  function stockOf({ id }: WorldGpuType, count: number) {
    const places = world.dataCenters
      .map((place) => ({ id: place.id, name: place.id, availability: levelOf(id, place.id, count) }))
      .filter(({ availability }) => availability !== 'NONE' || form.without === 'NONE');
    const best = Math.max(0, ...places.map(({ availability }) => LEVELS.indexOf(availability)));
    const hasList = places.length > 0 || form.soldOut === 'empty list';
    return {
      availability: form.overall === 'best' ? LEVELS[best] : 'NONE',
      ...(hasList && { dataCenters: places }),
      isInStock: best > 0,
    };
  }

  return {
    gpus(count: number) {
      const rows = world.gpuTypes.map((gpuType) => ({ gpuType, ...stockOf(gpuType, count) }));
      const listed = rows.filter(({ isInStock }) => form.types === 'listed' || count === 1 || isInStock);
      return {
        gpus: listed.map(({ gpuType, isInStock, ...stock }) => ({ ...describe(gpuType, isInStock), ...stock })),
      };
    },
    dataCenters: () => ({ dataCenters: world.dataCenters.map(toRow) }),
  };
}

function describe(gpuType: WorldGpuType, isInStock: boolean) {
  return {
    id: gpuType.id,
    name: gpuType.name,
    pool: null,
    manufacturer: gpuType.manufacturer,
    memory: gpuType.memoryGb,
    secure: gpuType.offered.secure,
    community: gpuType.offered.community,
    price: gpuType.price,
    maxCount: gpuType.maxGpuCount,
    // AMD's machines report none.
    ...(gpuType.manufacturer === 'NVIDIA' && { cudaVersions: [{ version: '12.8', available: isInStock }] }),
  };
}

const toRow = ({ id, networkVolume, globalNetwork, compliance }: WorldDataCenter) => ({
  id,
  name: id,
  region: REGION_BY_PREFIX[id.split('-')[0] ?? ''] ?? 'UNKNOWN',
  globalNetwork,
  networkVolumeTypes: networkVolume ? ['STANDARD'] : [],
  compliance,
});

const REGION_BY_PREFIX: Record<string, string> = {
  US: 'NORTH_AMERICA',
  CA: 'NORTH_AMERICA',
  EU: 'EUROPE',
  EUR: 'EUROPE',
  AP: 'ASIA',
  SEA: 'ASIA',
  OC: 'OCEANIA',
};
