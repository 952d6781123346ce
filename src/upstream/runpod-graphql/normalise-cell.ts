import type { Cell, HourlyPrice, ObservationKey, UpstreamSource } from '../../domain/observation.ts';
import { toHourlyPrice, toPositiveInt, toPrice } from '../numbers.ts';
import { toStock } from '../stock-word.ts';
import type { PriceFieldsFragment } from './operations.generated.ts';

/** What an answer about one cell is about, whose it is, and when it arrived, RFC 3339 in UTC. */
export interface CellKey extends ObservationKey {
  readonly dataCenterId: string;
  readonly source: UpstreamSource;
  readonly observedAt: string;
}

/**
 * What RunPod said about one GPU type in one data center. A null object, like an object of nulls, says that there is
 * nothing. Without a stock word but with a price, or with the very pod size among those for rent, it says two things at
 * once: the cell has failed, since neither of them is verified.
 */
export function normaliseCell(
  raw: PriceFieldsFragment | null,
  { gpuType, gpuCount, dataCenterId, source, observedAt }: CellKey,
): Cell {
  const stock = toStock(raw?.stockStatus ?? null);
  const quote = toQuote(raw?.uninterruptablePrice ?? null, gpuCount, gpuType.secureCloud);
  const bid = toQuote(raw?.minimumBidPrice ?? null, gpuCount, gpuType.secureCloud);
  const availableGpuCounts = toGpuCounts(raw?.availableGpuCounts ?? null);
  if (stock === null && (quote !== null || bid !== null || availableGpuCounts?.includes(gpuCount) === true)) {
    return { dataCenterId, failure: CONTRADICTION };
  }
  const available = stock !== null && stock !== 'NONE';
  const listPrice = available && gpuType.secureCloud === true ? toPrice(gpuType.securePrice) : null;
  return {
    dataCenterId,
    failure: null,
    observedAt,
    source,
    stale: false,
    available,
    stock: stock ?? 'NONE',
    onDemandPrice: quote ?? (listPrice === null ? null : toHourlyPrice(listPrice, listPrice * gpuCount)),
    spotPrice: bid,
    availableGpuCounts,
    spotObservedAt: observedAt,
  };
}

const CONTRADICTION = {
  code: 'BAD_RESPONSE',
  message: 'RunPod told a price or the pod size for rent, but no stock',
} as const;

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
