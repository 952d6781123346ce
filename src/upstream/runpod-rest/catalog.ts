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

/** What the catalog needs. */
export interface RestCatalogOptions {
  readonly get: RestClient['get'];
  readonly status: SourceCatalog['status'];
  /** Milliseconds on the steady scale of this process. */
  readonly now: () => number;
  /** Called with each word for availability that is not known, so that an operator can see it. */
  readonly onUnknownStock: (word: string) => void;
}

/** An answer of `/catalog/gpus`: GPU types with their stock everywhere, for pods of one size, and when it was asked for. */
interface Stocklist extends Asked {
  readonly gpus: readonly (ListedGpu & { readonly stock: TypeStock })[];
  /** False for one page of several: what it leaves out may stand on another. */
  readonly isWhole: boolean;
  /** False when a row has no id: it may be about any GPU type that no other row names. */
  readonly namesAll: boolean;
}

/** How long after it arrived the stock that came with the list of GPU types is used as an observation, in milliseconds. */
const FRESH_FROM_LIST_MS = 5000;

/** How long an answer for pods of one GPU proves that RunPod lists a GPU type, in milliseconds: without asking again, and at most. */
const LISTED_MS = 300_000;
const LISTED_AT_MOST_MS = 3_600_000;

/** Some sixty times what RunPod has; each costs memory. */
const MAX_CELLS = 100_000;

/** The list of data centers, without those that only other answers name. */
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

const ONE_PAGE = 'one page of several';

/** RunPod's REST API v2 as a catalog: one request observes every GPU type in every data center, for pods of one size. */
export function createRestCatalog({ get, status, now, onUnknownStock }: RestCatalogOptions): SourceCatalog {
  /** The latest request for the list of GPU types, and when it was made. */
  let listing: { readonly list: Promise<Stocklist>; readonly askedAt: number } | null = null;
  /** Stock that came with that list and that no observation has used yet, and when it arrived. */
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
        // Every type is rented as one GPU, but there may be none of which a large pod can be had.
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

  /** Both lists are made of it, and share one request. It is made again when the client that caused it has left meanwhile. */
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

  /** Stock that came with the list just now saves a second request. */
  async function readStock({ gpuCount }: ObservationRequest, demand: Demand): Promise<Stocklist> {
    if (gpuCount !== 1) return ask(gpuCount, demand);
    const fromList = withList;
    withList = null;
    const isNew = fromList !== null && now() - fromList.arrivedAt < FRESH_FROM_LIST_MS;
    return isNew ? fromList.stocklist : ask(1, demand);
  }

  /** A recent answer for pods of one GPU, asked for unless it is in memory; `null` when RunPod cannot be read. */
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
   * The stock of a GPU type that the answer for a pod size leaves out. RunPod leaves out what has no such pod, but also what it
   * does not rent any more: it has none as long as an answer for pods of one GPU has the type.
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
      // The list of GPU types may name data centers that are not in their own list. Without it, theirs is still good.
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
    // When an answer leaves GPU types out, the one for pods of one GPU shows whether RunPod still lists them.
    costOf: ({ gpuCount }) => (gpuCount === 1 ? ['1'] : [String(gpuCount), '1']),
    supplementOf: () => null,
    async observe(request, demand) {
      const cells = request.gpuTypes.length * request.dataCenters.length;
      if (cells > MAX_CELLS) throw new UpstreamAnswerError('Gpus', `lists that make ${cells} cells`);
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

/** Whether a row says which GPU type it is about. */
const hasId = (row: RawGpu | null): boolean => toText(row?.id ?? null) !== null;

/** The data centers that an answer names for a GPU type. */
const placesOf = ({ row: { dataCenters } }: ListedGpu) =>
  dataCenters === UNREADABLE ? [] : firstOfEachId(dataCenters ?? []);

/** Every word for stock in an answer about a GPU type. */
const wordsOf = (listed: ListedGpu): readonly (string | null)[] => [
  listed.row.availability,
  ...placesOf(listed).map(({ availability }) => availability),
];

function parse<T>(operation: string, schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body);
  if (!parsed.success) throw new UpstreamAnswerError(operation, 'not a list', { cause: parsed.error });
  return parsed.data;
}
