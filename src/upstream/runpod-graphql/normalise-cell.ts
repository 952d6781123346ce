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

/** What an answer about one cell is about, whose it is, and when it was asked for. */
export interface CellKey extends ObservationKey, Asked {
  readonly dataCenterId: string;
  readonly source: UpstreamSource;
}

/**
 * Reads RunPod's answer about one GPU type in one data center. A null object means that there is nothing, as an object of nulls
 * does, and so does a price without a stock word. Without a word, but with the requested pod size among those for rent, the cell
 * has failed: the answer says both that there is something and that there is nothing. A cell without stock has no price.
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

/** Whether RunPod quotes a price where it reports no stock, which the cell does not show. */
export const isPricedWithoutStock = (
  raw: PriceFieldsFragment | null,
  { gpuType, gpuCount }: Pick<ObservationKey, 'gpuType' | 'gpuCount'>,
): boolean =>
  toStock(raw?.stockStatus ?? null) === null &&
  toQuote(raw?.uninterruptablePrice ?? null, gpuCount, gpuType.secureCloud) !== null;

/** The price of a cell in stock: RunPod's quote, else the list price where secure cloud offers the type. */
function toOnDemandPrice(raw: PriceFieldsFragment | null, { gpuType, gpuCount }: ObservationKey): HourlyPrice | null {
  const quote = toQuote(raw?.uninterruptablePrice ?? null, gpuCount, gpuType.secureCloud);
  const listPrice = gpuType.secureCloud === true ? toPrice(gpuType.securePrice) : null;
  return quote ?? (listPrice === null ? null : toHourlyPrice(listPrice, listPrice * gpuCount));
}

/** Prices that stand for "not offered" where a cloud does not offer a GPU type. */
const FILLERS = new Set([0.5, 1]);

/** The quote for a pod; `null` for none, and for a filler unless the type is offered on secure cloud. */
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
