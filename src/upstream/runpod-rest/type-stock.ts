import type { CellFailure, StockLevel } from '../../domain/observation.ts';
import { firstOfEachId, toText } from '../rows.ts';
import { toStock } from '../stock-word.ts';
import { type RawGpu, UNREADABLE } from './raw.ts';

/** The secure-cloud stock of one GPU type in every data center, for pods of one size. */
export interface TypeStock {
  /** The stock level in each data center that RunPod names, by id of the data center; `null` if RunPod reports no stock level for it. */
  readonly named: ReadonlyMap<string, StockLevel | null>;
  /** The stock in every data center that RunPod does not list for the GPU type; `null` if it is unknown. */
  readonly elsewhere: 'NONE' | null;
  /** The failure of each cell whose stock is `null`. */
  readonly unknown: CellFailure;
}

/**
 * Reads the stock of a GPU type from its row. RunPod lists the data centers that have stock, and omits the list if there are none.
 * - If secure cloud does not offer the type, it has no stock.
 * - If the list is readable, the stock word of each listed data center applies. The stock word of the type is ignored, because it may be
 *   out of date. A data center that is not listed has no stock. But if an entry of the list has no id, the stock in the data centers that
 *   are not listed is unknown.
 * - If there is no list, or an empty list, and the stock word of the type means NONE, the type has no stock anywhere.
 * - In all other cases, the stock in every data center is unknown.
 */
export function readTypeStock({ secure, availability, dataCenters }: RawGpu): TypeStock {
  if (secure === false) return SOLD_OUT;
  if (dataCenters === UNREADABLE)
    return { ...NOTHING_NAMED, unknown: unknown('RunPod sent an unreadable list of data centers') };
  if (dataCenters === null || dataCenters.length === 0) {
    const level = toStock(availability);
    if (level === 'NONE') return SOLD_OUT;
    return { ...NOTHING_NAMED, unknown: level === null ? NO_WORD : NO_LIST };
  }
  const levels = firstOfEachId(dataCenters).map((row) => [row.id, toStock(row.availability)] as const);
  // A row without an id may be about any data center that the other rows do not name.
  const isReadable = dataCenters.every((row) => toText(row?.id ?? null) !== null);
  return { named: new Map(levels), elsewhere: isReadable ? 'NONE' : null, unknown: NO_WORD };
}

/** Whether the stock is known for every data center. */
export const isWhole = ({ named, elsewhere }: TypeStock): boolean =>
  elsewhere !== null && [...named.values()].every((level) => level !== null);

const unknown = (message: string): CellFailure => ({ code: 'BAD_RESPONSE', message });

const NO_WORD = unknown('RunPod did not report the stock of this data center');
const NO_LIST = unknown('RunPod reports stock, but not in which data centers');

const NOTHING_NAMED = { named: new Map<string, StockLevel | null>(), elsewhere: null } as const;

/** The stock of a type that is sold out in every data center. */
export const SOLD_OUT: TypeStock = { named: new Map(), elsewhere: 'NONE', unknown: NO_WORD };

/** The stock of a type that is missing from an answer, although the answer should contain it. */
export const LEFT_OUT: TypeStock = {
  ...NOTHING_NAMED,
  unknown: unknown('RunPod left this GPU type out of its answer'),
};
