import type { z } from 'zod';
import type { Demand, SourceCatalog } from '../../domain/catalog.ts';
import { type Asked, askedOf } from '../../domain/clock.ts';
import { ClientLimitedError, UpstreamAnswerError, UpstreamError } from '../../domain/errors.ts';
import type { GpuType } from '../../domain/gpu-type.ts';
import type { Observation, ObservationRequest } from '../../domain/observation.ts';
import { firstOfEachId, toText } from '../rows.ts';
import { toStock } from '../stock-word.ts';
import type { Reading, RestClient } from './client.ts';
import { normaliseCells, type TypeAnswer } from './normalise-cells.ts';
import { type ListedGpu, normaliseDataCenters, normaliseGpus } from './normalise-lists.ts';
import { DataCentersSchema, GpusSchema, type RawGpu, UNREADABLE } from './raw.ts';
import { isWhole, LEFT_OUT, readTypeStock, SOLD_OUT, type TypeStock } from './type-stock.ts';

/** Dependencies of `createRestCatalog`. */
export interface RestCatalogOptions {
  readonly get: RestClient['get'];
  readonly status: SourceCatalog['status'];
  /** Milliseconds on the steady scale of this process. */
  readonly now: () => number;
  /** Called with each stock word that the gateway does not know, so that an operator can see it. */
  readonly onUnknownStock: (word: string) => void;
}

/**
 * A parsed response of `/catalog/gpus`: GPU types with their stock in all data centers, for pods of one size, and when it was asked for.
 */
interface Stocklist extends Asked {
  readonly gpus: readonly (ListedGpu & { readonly stock: TypeStock })[];
  /** False for one page of several: a GPU type that is missing here may be on another page. */
  readonly isWhole: boolean;
  /** False when a row has no id: that row may be about any GPU type that no other row names. */
  readonly namesAll: boolean;
}

/**
 * How long one response with the list of GPU types is shared, and how long the stock in it is used as an observation after it arrived, in
 * milliseconds.
 */
const FRESH_FROM_LIST_MS = 5000;

/**
 * How long an answer for pods of one GPU proves that RunPod lists a GPU type, in milliseconds: without asking again, and when asking again
 * fails.
 */
const LISTED_MS = 300_000;
const LISTED_AT_MOST_MS = 3_600_000;

/** The largest number of cells in one observation, some sixty times what RunPod has. Each cell costs memory. */
const MAX_CELLS = 100_000;

/** Reads RunPod's list of data centers. The list of GPU types may name further ones. */
export const DATA_CENTERS: Reading<z.infer<typeof DataCentersSchema>['dataCenters']> = {
  operation: 'DataCenters',
  path: 'catalog/datacenters',
  parameters: {},
  read(body) {
    const { dataCenters, pagination } = parse('DataCenters', DataCentersSchema, body);
    if (pagination) throw new UpstreamAnswerError('DataCenters', ONE_PAGE);
    if (firstOfEachId(dataCenters).length === 0) throw new UpstreamAnswerError('DataCenters', 'an empty list');
    return { value: dataCenters, complete: true };
  },
};

const ONE_PAGE = 'the list is only one page of several';

/** Creates a catalog from RunPod's REST API v2. One request observes every GPU type in every data center, for pods of one size. */
export function createRestCatalog({ get, status, now, onUnknownStock }: RestCatalogOptions): SourceCatalog {
  /** The latest request for the list of GPU types, and when it was sent. */
  let listing: { readonly list: Promise<Stocklist>; readonly askedAt: number } | null = null;
  /** The stock that arrived with that list, until an observation uses it, and when it arrived. */
  let withList: { readonly stocklist: Stocklist; readonly arrivedAt: number } | null = null;
  /** The latest answer for pods of one GPU. */
  let ofOne: Stocklist | null = null;

  const isYounger = ({ askedAt }: Stocklist, ms: number) => now() - askedAt < ms;

  function toReading(gpuCount: number): Reading<Stocklist> {
    return {
      operation: 'Gpus',
      path: 'catalog/gpus',
      parameters: { include: 'AVAILABILITY', product: 'POD', cloud: 'SECURE', count: String(gpuCount) },
      read(body, asked) {
        const { gpus: rows, pagination } = parse('Gpus', GpusSchema, body);
        const gpus = normaliseGpus(rows).map((listed) => ({ ...listed, stock: readTypeStock(listed.row) }));
        // Every type can be rented as one GPU, so that list cannot be empty. A list for a large pod size can.
        if (gpus.length === 0 && gpuCount === 1) throw new UpstreamAnswerError('Gpus', 'an empty list');
        for (const word of gpus.flatMap(wordsOf)) if (toStock(word) === 'UNKNOWN') onUnknownStock(word ?? '');
        return {
          value: { gpus, isWhole: !pagination, namesAll: rows.every(hasId), ...asked },
          complete: !pagination && gpus.every(({ stock }) => isWhole(stock)),
        };
      },
    };
  }

  async function ask(gpuCount: number, demand: Demand): Promise<Stocklist> {
    const stocklist = await get(toReading(gpuCount), demand);
    if (gpuCount === 1) ofOne = stocklist;
    return stocklist;
  }

  /**
   * Reads the list of GPU types. Both catalog lists need it and share one request. The request is repeated if it was aborted because the
   * client that caused it has left.
   */
  async function readList(demand: Demand): Promise<Stocklist> {
    try {
      return await shareList(demand);
    } catch (error) {
      if (error instanceof UpstreamError || demand.signal.aborted) throw error;
      return shareList(demand);
    }
  }

  function shareList(demand: Demand): Promise<Stocklist> {
    if (listing !== null && now() - listing.askedAt < FRESH_FROM_LIST_MS) return listing.list;
    const list = ask(1, demand).then((stocklist) => {
      withList = { stocklist, arrivedAt: now() };
      return stocklist;
    });
    const asked = { list, askedAt: now() };
    listing = asked;
    list.catch(() => {
      if (listing === asked) listing = null;
    });
    return list;
  }

  /** Reads the stock for one pod size. Stock that has just arrived with the list of GPU types is used first, which saves a request. */
  async function readStock({ gpuCount }: ObservationRequest, demand: Demand): Promise<Stocklist> {
    if (gpuCount !== 1) return ask(gpuCount, demand);
    const fromList = withList;
    withList = null;
    const isNew = fromList !== null && now() - fromList.arrivedAt < FRESH_FROM_LIST_MS;
    return isNew ? fromList.stocklist : ask(1, demand);
  }

  /** A recent answer for pods of one GPU, from memory or RunPod; `null` when RunPod cannot be read. */
  async function readStillListed(demand: Demand): Promise<Stocklist | null> {
    if (ofOne !== null && isYounger(ofOne, LISTED_MS)) return ofOne;
    try {
      return await readList(demand);
    } catch (error) {
      if (!(error instanceof UpstreamError) || error instanceof ClientLimitedError) throw error;
      return ofOne !== null && isYounger(ofOne, LISTED_AT_MOST_MS) ? ofOne : null;
    }
  }

  /**
   * Returns the stock of GPU types that are missing from the answer for a pod size. RunPod leaves out a type without such pods, but also a
   * type that it no longer rents. A missing type is sold out if a recent answer for pods of one GPU lists it; otherwise its stock is
   * unknown.
   */
  async function readLeftOut(
    request: ObservationRequest,
    { gpus, isWhole: isWholeList, namesAll }: Stocklist,
    demand: Demand,
  ): Promise<(id: string) => TypeStock> {
    const ids = new Set(gpus.map(({ gpuType }) => gpuType.id));
    const isAnyLeftOut = request.gpuTypes.some(({ id }) => !ids.has(id));
    if (!isAnyLeftOut || request.gpuCount === 1 || !isWholeList || !namesAll) return () => LEFT_OUT;
    const stillListed = new Set((await readStillListed(demand))?.gpus.map(({ gpuType }) => gpuType.id));
    return (id) => (stillListed.has(id) ? SOLD_OUT : LEFT_OUT);
  }

  return {
    status,
    async gpuTypes(demand) {
      const { gpus, isWhole: isWholeList } = await readList(demand);
      if (!isWholeList) throw new UpstreamAnswerError('Gpus', ONE_PAGE);
      return { source: 'RUNPOD_REST', rows: gpus.map(({ gpuType }): GpuType => gpuType) };
    },
    async dataCenters(demand) {
      // The list of GPU types may name data centers that are missing from their own list. If it cannot be read, the list of data centers is
      // still good.
      const [rows, named] = await Promise.all([
        get(DATA_CENTERS, demand),
        readList(demand).then(
          ({ gpus }) => gpus.flatMap(placesOf),
          (error: unknown) => {
            if (error instanceof ClientLimitedError) throw error;
            return [];
          },
        ),
      ]);
      const nameById = new Map(named.map(({ id, name }) => [id, name ?? id]));
      return { source: 'RUNPOD_REST', rows: normaliseDataCenters(rows, nameById) };
    },
    listCost: 1,
    batchOf: ({ gpuCount }) => String(gpuCount),
    // When an answer leaves GPU types out, the answer for pods of one GPU shows whether RunPod still lists them.
    costOf: ({ gpuCount }) => (gpuCount === 1 ? ['1'] : [String(gpuCount), '1']),
    supplementOf: () => null,
    async observe(request, demand) {
      const cells = request.gpuTypes.length * request.dataCenters.length;
      if (cells > MAX_CELLS)
        throw new UpstreamAnswerError('Gpus', `its lists make ${cells} cells, more than ${MAX_CELLS}`);
      const stocklist = await readStock(request, demand);
      const stockOfLeftOut = await readLeftOut(request, stocklist, demand);
      const asked = askedOf(stocklist);
      const listedById = new Map(stocklist.gpus.map((listed) => [listed.gpuType.id, listed]));
      return request.gpuTypes.map(({ id }): Observation => {
        const listed = listedById.get(id);
        const answer: TypeAnswer = {
          stock: listed?.stock ?? stockOfLeftOut(id),
          gpuType: listed?.gpuType ?? null,
          ...asked,
        };
        return { gpuTypeId: id, gpuCount: request.gpuCount, cells: normaliseCells(answer, request), ...asked };
      });
    },
  };
}

/** Whether a row has the id of a GPU type. */
const hasId = (row: RawGpu | null): boolean => toText(row?.id ?? null) !== null;

/** The data centers in the row of a GPU type. */
const placesOf = ({ row: { dataCenters } }: ListedGpu) =>
  dataCenters === UNREADABLE ? [] : firstOfEachId(dataCenters ?? []);

/** Every stock word in the row of a GPU type. */
const wordsOf = (listed: ListedGpu): readonly (string | null)[] => [
  listed.row.availability,
  ...placesOf(listed).map(({ availability }) => availability),
];

function parse<T>(operation: string, schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body);
  if (!parsed.success) throw new UpstreamAnswerError(operation, 'not a list', { cause: parsed.error });
  return parsed.data;
}
