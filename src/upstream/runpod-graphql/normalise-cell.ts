import type { Asked } from '../../domain/clock.ts';
import {
  type Cell,
  type HourlyPrice,
  type ObservationKey,
  spotPriceOf,
  type UpstreamSource,
} from '../../domain/observation.ts';
import { toHourlyPrice, toPositiveInt, toPrice } from '../numbers.ts';
import { toStock } from '../stock-word.ts';
import type { PriceFieldsFragment } from './operations.generated.ts';

/** The cell that an answer is about, the source of the answer, and when the answer was requested. */
export interface CellKey extends ObservationKey, Asked {
  readonly dataCenterId: string;
  readonly source: UpstreamSource;
}

/**
 * Converts RunPod's answer about one cell (a GPU type in one data center). The cell has no stock if the answer is null, if all its fields
 * are null, or if it contains a price but no word for the stock level. A cell without stock has no price. An answer contradicts itself if
 * it has no word for the stock level, but lists the requested pod size as rentable. The cell then counts as failed.
 */
export function normaliseCell(
  raw: PriceFieldsFragment | null,
  { gpuType, gpuCount, dataCenterId, source, askedAt, observedAt }: CellKey,
): Cell {
  const stock = toStock(raw?.stockStatus ?? null);
  const availableGpuCounts = toGpuCounts(raw?.availableGpuCounts ?? null);
  if (stock === null && availableGpuCounts?.includes(gpuCount) === true) {
    return { dataCenterId, failure: CONTRADICTION };
  }
  const available = stock !== null && stock !== 'NONE';
  const onDemandPrice = available ? toOnDemandPrice(raw, { gpuType, gpuCount }) : null;
  const bid = toQuote(raw?.minimumBidPrice ?? null, gpuCount, gpuType.secureCloud);
  return {
    dataCenterId,
    failure: null,
    askedAt,
    observedAt,
    source,
    stale: false,
    available,
    stock: stock ?? 'NONE',
    onDemandPrice,
    spotPrice: available ? spotPriceOf(bid, onDemandPrice) : null,
    availableGpuCounts,
    spotObservedAt: observedAt,
    spotAskedAt: askedAt,
  };
}

const CONTRADICTION = {
  code: 'BAD_RESPONSE',
  message: 'RunPod listed the pod size as rentable, but reported no stock',
} as const;

/** Whether RunPod quotes a price for a cell, but reports no stock level. `normaliseCell` ignores such a price. */
export const isPricedWithoutStock = (
  raw: PriceFieldsFragment | null,
  { gpuType, gpuCount }: Pick<ObservationKey, 'gpuType' | 'gpuCount'>,
): boolean =>
  toStock(raw?.stockStatus ?? null) === null &&
  toQuote(raw?.uninterruptablePrice ?? null, gpuCount, gpuType.secureCloud) !== null;

/**
 * Returns the on-demand price of a cell in stock. This is the price that RunPod quotes for the cell. Without a quote, it is the list price
 * if secure cloud offers the type, else `null`.
 */
function toOnDemandPrice(raw: PriceFieldsFragment | null, { gpuType, gpuCount }: ObservationKey): HourlyPrice | null {
  const quote = toQuote(raw?.uninterruptablePrice ?? null, gpuCount, gpuType.secureCloud);
  const listPrice = gpuType.secureCloud === true ? toPrice(gpuType.securePrice) : null;
  return quote ?? (listPrice === null ? null : toHourlyPrice(listPrice, listPrice * gpuCount));
}

/** Prices that mean "not offered". RunPod quotes them when a cloud does not offer a GPU type. */
const FILLERS = new Set([0.5, 1]);

/**
 * Reads a quote for a pod. Returns `null` if there is no quote, and also if the quote is a filler (see `FILLERS`) and secure cloud does not
 * offer the type.
 */
function toQuote(value: number | null, gpuCount: number, secureCloud: boolean | null): HourlyPrice | null {
  const perPod = toPrice(value);
  if (perPod === null) return null;
  const perGpu = perPod / gpuCount;
  if (secureCloud !== true && (FILLERS.has(perPod) || FILLERS.has(perGpu))) return null;
  return toHourlyPrice(perGpu, perPod);
}

function toGpuCounts(counts: readonly (number | null)[] | null): readonly number[] | null {
  if (counts === null) return null;
  const sizes = counts.map(toPositiveInt).filter((size) => size !== null);
  return [...new Set(sizes)].toSorted((a, b) => a - b);
}
