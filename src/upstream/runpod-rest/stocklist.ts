import type { z } from 'zod';
import type { Asked } from '../../domain/clock.ts';
import { UpstreamAnswerError } from '../../domain/errors.ts';
import { firstOfEachId, toText } from '../rows.ts';
import { toStock } from '../stock-word.ts';
import type { Reading } from './client.ts';
import { type ListedGpu, normaliseGpus } from './normalise-lists.ts';
import { GpusSchema, type RawGpu, UNREADABLE } from './raw.ts';
import { isWhole, readTypeStock, type TypeStock } from './type-stock.ts';

/**
 * A parsed response of `/catalog/gpus`, and when it was requested. It contains the GPU types with their stock in all data centers, for pods
 * of one size.
 */
export interface Stocklist extends Asked {
  readonly gpus: readonly (ListedGpu & { readonly stock: TypeStock })[];
  /**
   * Whether the response is the whole list. If it is only one of several pages, a GPU type that is missing from it may be on another page.
   */
  readonly isWhole: boolean;
  /** Whether every row has an id. A row without an id may be about any GPU type that the other rows do not name. */
  readonly namesAll: boolean;
}

/**
 * Creates the request for the stock of all GPU types, for pods of `gpuCount` GPUs. `onUnknownStock` is called with each unknown stock word.
 */
export const stocklistReading = (gpuCount: number, onUnknownStock: (word: string) => void): Reading<Stocklist> => ({
  operation: 'Gpus',
  path: 'catalog/gpus',
  parameters: { include: 'AVAILABILITY', product: 'POD', cloud: 'SECURE', count: String(gpuCount) },
  read(body, asked) {
    const { gpus: rows, pagination } = parseBody('Gpus', GpusSchema, body);
    const gpus = normaliseGpus(rows).map((listed) => ({ ...listed, stock: readTypeStock(listed.row) }));
    // The list for pods of one GPU cannot be empty, because every type can be rented as such a pod. The list for a large pod size can be
    // empty.
    if (gpus.length === 0 && gpuCount === 1) throw new UpstreamAnswerError('Gpus', 'an empty list');
    for (const word of gpus.flatMap(wordsOf)) if (toStock(word) === 'UNKNOWN') onUnknownStock(word ?? '');
    return {
      value: { gpus, isWhole: !pagination, namesAll: rows.every(hasId), ...asked },
      complete: !pagination && gpus.every(({ stock }) => isWhole(stock)),
    };
  },
});

/** Returns the data centers that RunPod lists in the row of a GPU type. */
export const dataCentersOf = ({ row: { dataCenters } }: ListedGpu) =>
  dataCenters === UNREADABLE ? [] : firstOfEachId(dataCenters ?? []);

/**
 * Validates a response body.
 * @throws {UpstreamAnswerError} when the body does not match `schema`.
 */
export function parseBody<T>(operation: string, schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body);
  if (!parsed.success) throw new UpstreamAnswerError(operation, 'not a list', { cause: parsed.error });
  return parsed.data;
}

/** Whether a row contains the id of its GPU type. */
const hasId = (row: RawGpu | null): boolean => toText(row?.id ?? null) !== null;

/** Returns every word for a stock level in the row of a GPU type. */
const wordsOf = (listed: ListedGpu): readonly (string | null)[] => [
  listed.row.availability,
  ...dataCentersOf(listed).map(({ availability }) => availability),
];
