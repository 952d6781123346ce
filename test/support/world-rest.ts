import { indexStock, type Level, type World, type WorldDataCenter, type WorldGpuType } from './world.ts';

/** The form of the answers of RunPod's REST API. Each property selects one of the variants that RunPod has sent or may send. */
export interface RestForm {
  /** What the API sends for the data centers of a GPU type that is sold out everywhere: no list, as documented, or an empty list. */
  readonly soldOut: 'left out' | 'empty list';
  /** How the API shows a data center without stock in the list of data centers of a GPU type: not at all, or with the level NONE. */
  readonly without: 'left out' | 'NONE';
  /** What the API sends as the overall level of a GPU type: the best level of its data centers, or an outdated NONE. */
  readonly overall: 'best' | 'lags behind';
  /**
   * Whether the API lists a GPU type that has no pods of the requested size. An answer for one-GPU pods always lists every GPU type.
   */
  readonly types: 'listed' | 'left out';
}

/** The form of answers that RunPod documents. */
export const DOCUMENTED: RestForm = { soldOut: 'left out', without: 'left out', overall: 'best', types: 'listed' };

const LEVELS: readonly Level[] = ['NONE', 'LOW', 'MEDIUM', 'HIGH'];

/**
 * Creates functions that return the answers of RunPod's REST API v2 for a world (a state of RunPod). The answers contain list prices, but
 * neither spot prices nor pod sizes.
 */
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
    // RunPod sends CUDA versions only for NVIDIA GPUs.
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
