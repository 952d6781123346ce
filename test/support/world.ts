/** RunPod's levels of stock. */
export type Level = 'NONE' | 'LOW' | 'MEDIUM' | 'HIGH';

/** A value for each of RunPod's clouds. */
export interface PerCloud<T> {
  readonly secure: T;
  readonly community: T;
}

/** A GPU type of a world. */
export interface WorldGpuType {
  readonly id: string;
  readonly name: string;
  readonly manufacturer: 'NVIDIA' | 'AMD' | 'UNKNOWN';
  readonly memoryGb: number;
  /** Which clouds offer it. */
  readonly offered: PerCloud<boolean>;
  /** US dollars per GPU and hour; a filler where the cloud does not offer the type. */
  readonly price: PerCloud<number>;
  /** The largest pod; 0 where it is not known. */
  readonly maxGpuCount: PerCloud<number>;
}

/** A data center of a world. */
export interface WorldDataCenter {
  readonly id: string;
  readonly networkVolume: boolean;
  readonly globalNetwork: boolean;
  readonly compliance: readonly string[];
}

/** Secure-cloud stock of a GPU type in a data center. */
export interface WorldStock {
  readonly gpuTypeId: string;
  readonly dataCenterId: string;
  /** By pod size. A size that is not here has none. */
  readonly levels: ReadonlyMap<number, Exclude<Level, 'NONE'>>;
}

/**
 * What is true of RunPod at one moment, whichever API is asked. Each source can serve it, so that what a gateway answers can be
 * compared with the truth. The largest pods are rarer than small ones: a pod size in stock means that pods of one are, too.
 */
export interface World {
  readonly gpuTypes: readonly WorldGpuType[];
  readonly dataCenters: readonly WorldDataCenter[];
  readonly stock: readonly WorldStock[];
}

/** Finds the level of a cell. */
export function indexStock({ stock }: World) {
  const byCell = new Map(stock.map(({ gpuTypeId, dataCenterId, levels }) => [key(gpuTypeId, dataCenterId), levels]));
  return (gpuTypeId: string, dataCenterId: string, gpuCount: number): Level =>
    byCell.get(key(gpuTypeId, dataCenterId))?.get(gpuCount) ?? 'NONE';
}

const key = (gpuTypeId: string, dataCenterId: string) => JSON.stringify([gpuTypeId, dataCenterId]);

/** US dollars for a pod, without the dust of binary fractions. */
export const podPrice = (perGpu: number, gpuCount: number): number => Number((perGpu * gpuCount).toFixed(10));
