import type { Asked } from '../../domain/clock.ts';
import type { GpuType } from '../../domain/gpu-type.ts';
import type { Cell, ObservationScope } from '../../domain/observation.ts';
import { toHourlyPrice } from '../numbers.ts';
import type { TypeStock } from './type-stock.ts';

/** The answer about one GPU type, and the time of its request. */
export interface TypeAnswer extends Asked {
  readonly stock: TypeStock;
  /** The GPU type as this answer lists it; `null` if the answer does not list it. The list price of the type applies to all cells. */
  readonly gpuType: GpuType | null;
}

/**
 * Returns the cells of one GPU type, one for each data center. The prices are list prices. Spot prices and pod sizes are missing, because
 * the REST API does not report them.
 */
export function normaliseCells(
  { stock, gpuType, askedAt, observedAt }: TypeAnswer,
  { gpuCount, dataCenters }: Pick<ObservationScope, 'gpuCount' | 'dataCenters'>,
): readonly Cell[] {
  const { named, elsewhere, unknown } = stock;
  const listPrice = gpuType?.securePrice ?? null;
  const price = listPrice === null ? null : toHourlyPrice(listPrice, listPrice * gpuCount);
  return dataCenters.map(({ id }): Cell => {
    const level = named.has(id) ? (named.get(id) ?? null) : elsewhere;
    if (level === null) return { dataCenterId: id, failure: unknown };
    const available = level !== 'NONE';
    return {
      dataCenterId: id,
      failure: null,
      askedAt,
      observedAt,
      source: 'RUNPOD_REST',
      stale: false,
      available,
      stock: level,
      onDemandPrice: available ? price : null,
      spotPrice: null,
      availableGpuCounts: null,
      spotObservedAt: null,
      spotAskedAt: null,
    };
  });
}
