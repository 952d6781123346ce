import type { CellFailure, StockLevel } from '../../domain/observation.ts';
import { firstOfEachId, toText } from '../rows.ts';
import { toStock } from '../stock-word.ts';
import { type RawGpu, UNREADABLE } from './raw.ts';

/** The secure-cloud stock of one GPU type, for pods of one size, in every data center that there may be. */
export interface TypeStock {
  /** The data centers that RunPod names, by id; `null` where it names one without a word for its stock. */
  readonly named: ReadonlyMap<string, StockLevel | null>;
  /** The stock of every other data center; `null` when the answer leaves it open. */
  readonly elsewhere: 'NONE' | null;
  /** Why the stock that is `null` is unknown. */
  readonly unknown: CellFailure;
}

/**
 * Reads a GPU type's stock as RunPod means it. RunPod lists the data centers that have the type, and leaves the list out when
 * none has, so a data center that a readable list does not name has none, and so has every data center when the type says NONE
 * without a list. The word of a data center beats the overall word of the type, which may lag behind. A type that secure cloud
 * does not offer has none there. Everything else without a readable list says nothing about any data center.
 */
export function readTypeStock({ secure, availability, dataCenters }: RawGpu): TypeStock {
  if (secure === false) return SOLD_OUT;
  if (dataCenters === UNREADABLE) return { ...NOTHING_NAMED, unknown: unknown('RunPod sent a list of another shape') };
  if (dataCenters === null || dataCenters.length === 0) {
    const level = toStock(availability);
    if (level === 'NONE') return SOLD_OUT;
    return { ...NOTHING_NAMED, unknown: level === null ? NO_WORD : NO_LIST };
  }
  const levels = firstOfEachId(dataCenters).map((row) => [row.id, toStock(row.availability)] as const);
  // A row without an id may be about any data center that no other row names.
  const isReadable = dataCenters.every((row) => toText(row?.id ?? null) !== null);
  return { named: new Map(levels), elsewhere: isReadable ? 'NONE' : null, unknown: NO_WORD };
}

/** Whether the answer gives a level for every data center. */
export const isWhole = ({ named, elsewhere }: TypeStock): boolean =>
  elsewhere !== null && [...named.values()].every((level) => level !== null);

const unknown = (message: string): CellFailure => ({ code: 'BAD_RESPONSE', message });

const NO_WORD = unknown('RunPod did not say how much there is here');
const NO_LIST = unknown('RunPod says that there is some, but not in which data centers');

const NOTHING_NAMED = { named: new Map<string, StockLevel | null>(), elsewhere: null } as const;

/** The stock of a type that no data center has. */
export const SOLD_OUT: TypeStock = { named: new Map(), elsewhere: 'NONE', unknown: NO_WORD };

/** The stock of a type that an answer should be about, and is not. */
export const LEFT_OUT: TypeStock = { ...NOTHING_NAMED, unknown: unknown('RunPod left this GPU type out') };
