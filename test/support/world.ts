/** RunPod's stock levels. */
export type Level = 'NONE' | 'LOW' | 'MEDIUM' | 'HIGH';

/** A value for each of RunPod's two clouds. */
export interface PerCloud<T> {
  readonly secure: T;
  readonly community: T;
}

/** A GPU type of a world (a state of RunPod). */
export interface WorldGpuType {
  readonly id: string;
  readonly name: string;
  readonly manufacturer: 'NVIDIA' | 'AMD' | 'UNKNOWN';
  readonly memoryGb: number;
  /** Whether each cloud offers the GPU type. */
  readonly offered: PerCloud<boolean>;
  /**
   * Prices in US dollars per GPU and hour. The price in a cloud that does not offer the GPU type is a filler: a meaningless value that
   * RunPod sends.
   */
  readonly price: PerCloud<number>;
  /** The size of the largest pod, in GPUs; 0 if it is unknown. */
  readonly maxGpuCount: PerCloud<number>;
}

/** A data center of a world (a state of RunPod). */
export interface WorldDataCenter {
  readonly id: string;
  readonly networkVolume: boolean;
  readonly globalNetwork: boolean;
  readonly compliance: readonly string[];
}

/** The stock of a GPU type in a data center of RunPod's secure cloud. */
export interface WorldStock {
  readonly gpuTypeId: string;
  readonly dataCenterId: string;
  /** Stock levels by pod size. A pod size without an entry is sold out. */
  readonly levels: ReadonlyMap<number, Exclude<Level, 'NONE'>>;
}

/**
 * The true state of RunPod at one moment, independent of its APIs. Stand-ins for all sources can serve a world, so the answers of a gateway
 * can be compared with the truth. If any pod size of a cell is in stock, pods of one GPU are in stock too.
 */
export interface World {
  readonly gpuTypes: readonly WorldGpuType[];
  readonly dataCenters: readonly WorldDataCenter[];
  readonly stock: readonly WorldStock[];
}

/** Creates a function that returns the stock level of a cell for one pod size. */
export function indexStock({ stock }: World) {
  const byCell = new Map(stock.map(({ gpuTypeId, dataCenterId, levels }) => [key(gpuTypeId, dataCenterId), levels]));
  return (gpuTypeId: string, dataCenterId: string, gpuCount: number): Level =>
    byCell.get(key(gpuTypeId, dataCenterId))?.get(gpuCount) ?? 'NONE';
}

const key = (gpuTypeId: string, dataCenterId: string) => JSON.stringify([gpuTypeId, dataCenterId]);

/** Returns the price of a pod in US dollars per hour, without binary rounding errors. */
export const podPrice = (perGpu: number, gpuCount: number): number => Number((perGpu * gpuCount).toFixed(10));
