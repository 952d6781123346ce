import type { DataCenter } from '../../domain/data-center.ts';
import type { Cell, CellFailure, ObservationScope, StockLevel } from '../../domain/observation.ts';
import { toHourlyPrice } from '../numbers.ts';
import { firstOfEachId, toText } from '../rows.ts';
import type { ListedGpu } from './normalise-lists.ts';

const STOCK_BY_WORD = new Map<string, StockLevel>([
  ['HIGH', 'HIGH'],
  ['MEDIUM', 'MEDIUM'],
  ['LOW', 'LOW'],
  ['NONE', 'NONE'],
]);

/** What a word for availability means: UNKNOWN is in stock by a word that is not known, `null` is no word at all. */
export function toStock(word: string | null): StockLevel | null {
  const told = toText(word)?.trim().toUpperCase();
  return told === undefined ? null : (STOCK_BY_WORD.get(told) ?? 'UNKNOWN');
}

/**
 * What RunPod said about one GPU type in each data center. One that it does not name there does not offer the type, as long as
 * this API knows it (`isKnown`) and each row can be read; one that it names without a word for availability was not told of.
 * Prices are list prices, and spot prices and pod sizes are not told.
 */
export function normaliseCells(
  listed: ListedGpu | undefined,
  { gpuCount, dataCenters }: Pick<ObservationScope, 'gpuCount' | 'dataCenters'>,
  { observedAt, isKnown }: { readonly observedAt: string; readonly isKnown: (dataCenter: DataCenter) => boolean },
): readonly Cell[] {
  const offering = listed?.row.dataCenters ?? null;
  if (listed === undefined || offering === null) {
    const failure = listed === undefined ? NOT_LISTED : NOT_TOLD;
    return dataCenters.map(({ id }) => ({ dataCenterId: id, failure }));
  }
  const { securePrice } = listed.gpuType;
  const price = securePrice === null ? null : toHourlyPrice(securePrice, securePrice * gpuCount);
  const wordById = new Map(firstOfEachId(offering).map(({ id, availability }) => [id, availability]));
  // A row that cannot be read may be about any of those that are not named.
  const isReadable = offering.every((row) => toText(row?.id ?? null) !== null);
  return dataCenters.map((dataCenter): Cell => {
    const { id } = dataCenter;
    const ifNotNamed = isReadable && isKnown(dataCenter) ? 'NONE' : null;
    const stock = wordById.has(id) ? toStock(wordById.get(id) ?? null) : ifNotNamed;
    if (stock === null) return { dataCenterId: id, failure: NOT_TOLD };
    const available = stock !== 'NONE';
    return {
      dataCenterId: id,
      failure: null,
      observedAt,
      source: 'RUNPOD_REST',
      stale: false,
      available,
      stock,
      onDemandPrice: available ? price : null,
      spotPrice: null,
      availableGpuCounts: null,
      spotObservedAt: null,
    };
  });
}

const NOT_LISTED: CellFailure = { code: 'BAD_RESPONSE', message: 'RunPod left this GPU type out' };
const NOT_TOLD: CellFailure = { code: 'BAD_RESPONSE', message: 'RunPod did not tell the availability here' };
