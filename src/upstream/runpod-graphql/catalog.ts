import { print } from 'graphql';
import type { z } from 'zod';
import type { SourceCatalog } from '../../domain/catalog.ts';
import type { Asked } from '../../domain/clock.ts';
import type { DataCenter } from '../../domain/data-center.ts';
import { UpstreamAnswerError } from '../../domain/errors.ts';
import type { GpuType } from '../../domain/gpu-type.ts';
import type {
  Cell,
  Observation,
  ObservationKey,
  ObservationRequest,
  UpstreamSource,
} from '../../domain/observation.ts';
import type { ParsedResponse } from '../request/source-request.ts';
import { toStock } from '../stock-word.ts';
import type { Answer, AnswerError } from './answer.ts';
import type { Reading, RunPodClient } from './client.ts';
import { type CellKey, isPricedWithoutStock, normaliseCell } from './normalise-cell.ts';
import { normaliseDataCenters, normaliseGpuTypes } from './normalise-lists.ts';
import { DataCentersDocument, GpuTypesDocument } from './operations.generated.ts';
import { createPriceOperation, priceAlias } from './price-operation.ts';
import { DataCentersSchema, GpuTypesSchema, PricedGpuTypesSchema, PriceFieldsSchema } from './raw.ts';

/** Dependencies of `createRunPodCatalog`. */
export interface RunPodCatalogOptions {
  readonly send: RunPodClient['send'];
  /** The source that the answers come from: RunPod, or a recording. */
  readonly source: UpstreamSource;
  readonly status: SourceCatalog['status'];
  /** Called with each stock word that the gateway does not know, so that an operator can see it. */
  readonly onUnknownStock: (word: string) => void;
  /** Called for each data center for which RunPod reports a price but no stock, so that an operator can see it. */
  readonly onPricedWithoutStock: () => void;
}

/** The operations that read the lists of GPU types and data centers. They have no variables. */
export const LIST_OPERATIONS = {
  gpuTypes: { operationName: 'GpuTypes', query: print(GpuTypesDocument) },
  dataCenters: { operationName: 'DataCenters', query: print(DataCentersDocument) },
} as const;

/** Reads every GPU type. */
export const GPU_TYPES: Reading<readonly GpuType[]> = {
  operation: LIST_OPERATIONS.gpuTypes,
  subject: 'GpuTypes',
  read: (answer) => toList('GpuTypes', normaliseGpuTypes(readList('GpuTypes', GpuTypesSchema, answer).gpuTypes)),
};

const DATA_CENTERS: Reading<readonly DataCenter[]> = {
  operation: LIST_OPERATIONS.dataCenters,
  subject: 'DataCenters',
  read: (answer) =>
    toList('DataCenters', normaliseDataCenters(readList('DataCenters', DataCentersSchema, answer).dataCenters)),
};

/** Creates a catalog from RunPod's GraphQL API. */
export function createRunPodCatalog({ send, source, status, ...notices }: RunPodCatalogOptions): SourceCatalog {
  // One request covers one GPU type and one pod size, so these two form the name of the request.
  const batchOf = ({ gpuType, gpuCount }: ObservationKey) => `${gpuCount} ${gpuType.id}`;

  function toReading(request: ObservationRequest): Reading<Observation> {
    const { gpuType, gpuCount } = request;
    return {
      operation: createPriceOperation(request),
      subject: `LowestPrices ${gpuCount} ${gpuType.id}`,
      read(answer, asked) {
        const cells = readCells(request, answer, { source, ...asked }, notices);
        return {
          value: { gpuTypeId: gpuType.id, gpuCount, cells, ...asked },
          complete: cells.every(({ failure }) => failure === null),
        };
      },
    };
  }

  return {
    status,
    gpuTypes: async (demand) => ({ source, rows: await send(GPU_TYPES, demand) }),
    dataCenters: async (demand) => ({ source, rows: await send(DATA_CENTERS, demand) }),
    listCost: 1,
    batchOf,
    costOf: (key) => [batchOf(key)],
    observe: async (request, demand) => [await send(toReading(request), demand)],
    supplementOf: () => null,
  };
}

/** Parses a list. Errors about single attributes are ignored. Any other error rejects the list, because a row may be missing. */
function readList<T>(operationName: string, schema: z.ZodType<T>, { data, errors }: Answer): T {
  const fatal = errors.filter(({ path }) => path.length < 3 || path.at(-1) === 'id');
  if (fatal.length > 0) throw answeredWithErrors(operationName, fatal);
  const parsed = schema.safeParse(data);
  if (!parsed.success) throw new UpstreamAnswerError(operationName, 'not a list', { cause: parsed.error });
  return parsed.data;
}

function toList<T>(operationName: string, rows: readonly T[]): ParsedResponse<readonly T[]> {
  if (rows.length === 0) throw new UpstreamAnswerError(operationName, 'an empty list');
  return { value: rows, complete: true };
}

/**
 * Reads the cells of one GPU type, one for each data center. An error whose path contains the alias of a cell affects only that cell. Any
 * other error rejects the whole answer, and so does an answer about another GPU type.
 */
function readCells(
  request: ObservationRequest,
  answer: Answer,
  origin: Pick<CellKey, 'source' | keyof Asked>,
  notices: Pick<RunPodCatalogOptions, 'onUnknownStock' | 'onPricedWithoutStock'>,
): Cell[] {
  const operationName = 'LowestPrices';
  const failedAliases = new Set(answer.errors.map(aliasOf));
  if (failedAliases.has(undefined)) throw answeredWithErrors(operationName, answer.errors);
  const parsed = PricedGpuTypesSchema.safeParse(answer.data);
  if (!parsed.success) throw new UpstreamAnswerError(operationName, 'not a list', { cause: parsed.error });
  const [row, ...others] = parsed.data.gpuTypes;
  if (row?.id !== request.gpuType.id || others.length > 0) {
    throw new UpstreamAnswerError(operationName, 'the answer is not about the requested GPU type alone');
  }
  return request.dataCenters.map(({ id }, index) => {
    const alias = priceAlias(index);
    const raw = PriceFieldsSchema.safeParse(row[alias]);
    if (failedAliases.has(alias)) return { dataCenterId: id, failure: CELL_ERROR };
    if (!raw.success) return { dataCenterId: id, failure: CELL_SHAPE };
    const word = raw.data?.stockStatus ?? '';
    if (toStock(word) === 'UNKNOWN') notices.onUnknownStock(word);
    if (isPricedWithoutStock(raw.data, request)) notices.onPricedWithoutStock();
    return normaliseCell(raw.data, { ...request, ...origin, dataCenterId: id });
  });
}

/**
 * Returns the alias of the cell that an error is about, or `undefined` if it is about no cell. The path of an error about a cell has the
 * form ('gpuTypes', 0, alias, …).
 */
function aliasOf({ path }: AnswerError): string | undefined {
  const [field, index, alias] = path;
  return field === 'gpuTypes' && index === 0 && /^dc_\d+$/.test(String(alias)) ? String(alias) : undefined;
}

function answeredWithErrors(operationName: string, errors: readonly AnswerError[]): UpstreamAnswerError {
  return new UpstreamAnswerError(operationName, 'GraphQL errors', { cause: errors });
}

const CELL_ERROR = { code: 'BAD_RESPONSE', message: 'RunPod answered with an error for this data center' } as const;
const CELL_SHAPE = {
  code: 'BAD_RESPONSE',
  message: 'RunPod left this data center out of its answer, or sent it in an unknown format',
} as const;
