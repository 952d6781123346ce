import type { z } from 'zod';
import type { Demand, SourceCatalog } from '../../domain/catalog.ts';
import type { DataCenter } from '../../domain/data-center.ts';
import { UpstreamAnswerError } from '../../domain/errors.ts';
import type { Observation, ObservationRequest } from '../../domain/observation.ts';
import { firstOfEachId } from '../rows.ts';
import type { Reading, RestClient } from './client.ts';
import { normaliseCells, toStock } from './normalise-cells.ts';
import { type ListedGpu, normaliseDataCenters, normaliseGpus } from './normalise-lists.ts';
import { DataCentersSchema, GpusSchema } from './raw.ts';

/** What the catalog needs. */
export interface RestCatalogOptions {
  readonly get: RestClient['get'];
  readonly status: SourceCatalog['status'];
  /** The moment an answer tells about, in milliseconds since 1970. */
  readonly now: () => number;
  /** Told of each word for availability that is not known, so that an operator can see it. */
  readonly onUnknownStock: (word: string) => void;
}

/** Every GPU type with its stock everywhere, for pods of one size, and when that arrived. */
interface Stocklist {
  readonly gpus: readonly ListedGpu[];
  readonly observedAt: string;
}

/** How long the stock that came with the list of GPU types may be taken for an observation, in milliseconds. */
const FRESH_FROM_LIST_MS = 5000;

/** Some sixty times what RunPod has; each costs memory. */
const MAX_CELLS = 100_000;

/** The list of data centers, without what only other answers name. */
export const DATA_CENTERS: Reading<z.infer<typeof DataCentersSchema>['dataCenters']> = {
  operation: 'DataCenters',
  path: 'catalog/datacenters',
  parameters: {},
  read(body) {
    const { dataCenters } = parse('DataCenters', DataCentersSchema, body);
    if (firstOfEachId(dataCenters).length === 0) throw new UpstreamAnswerError('DataCenters', 'an empty list');
    return { value: dataCenters, complete: true };
  },
};

/** RunPod's REST API v2 as a catalog: one request tells of every GPU type in every data center, for pods of one size. */
export function createRestCatalog({ get, status, now, onUnknownStock }: RestCatalogOptions): SourceCatalog {
  /** The latest list of GPU types, and when it was asked for. */
  let listing: { readonly list: Promise<Stocklist>; readonly askedAt: number } | null = null;
  let withList: Stocklist | null = null;

  function toReading(gpuCount: number): Reading<Stocklist> {
    return {
      operation: 'Gpus',
      path: 'catalog/gpus',
      parameters: { include: 'AVAILABILITY', product: 'POD', cloud: 'SECURE', count: String(gpuCount) },
      read(body) {
        const gpus = normaliseGpus(parse('Gpus', GpusSchema, body).gpus);
        if (gpus.length === 0) throw new UpstreamAnswerError('Gpus', 'an empty list');
        for (const { availability } of cellsOf(gpus)) {
          if (toStock(availability) === 'UNKNOWN') onUnknownStock(availability ?? '');
        }
        const complete = gpus.every(({ row }) => row.dataCenters !== null);
        return { value: { gpus, observedAt: new Date(now()).toISOString() }, complete };
      },
    };
  }

  /** Both lists are made of it, and share one request. */
  function readList(demand: Demand): Promise<Stocklist> {
    if (listing !== null && now() - listing.askedAt < FRESH_FROM_LIST_MS) return listing.list;
    const list = get(toReading(1), demand).then((stocklist) => {
      withList = stocklist;
      return stocklist;
    });
    const asked = { list, askedAt: now() };
    listing = asked;
    list.catch(() => {
      if (listing === asked) listing = null;
    });
    return list;
  }

  /** What came with the list just now needs no second request. */
  async function readStock({ gpuCount }: ObservationRequest, demand: Demand): Promise<Stocklist> {
    if (gpuCount !== 1) return get(toReading(gpuCount), demand);
    const fromList = withList;
    withList = null;
    const isFresh = fromList !== null && now() - Date.parse(fromList.observedAt) < FRESH_FROM_LIST_MS;
    return isFresh ? fromList : get(toReading(1), demand);
  }

  return {
    status,
    gpuTypes: async (demand) => (await readList(demand)).gpus.map(({ gpuType }) => gpuType),
    async dataCenters(demand) {
      // The list of GPU types may name data centers that are not in their own list. Without it, theirs is still good.
      const [rows, named] = await Promise.all([
        get(DATA_CENTERS, demand),
        readList(demand).then(
          ({ gpus }) => cellsOf(gpus),
          () => [],
        ),
      ]);
      return normaliseDataCenters(rows, new Map(named.map(({ id, name }) => [id, name ?? id])));
    },
    listCost: 1,
    batchOf: ({ gpuCount }) => String(gpuCount),
    costOf: ({ gpuCount }) => [String(gpuCount)],
    supplementOf: () => null,
    async observe(request, demand) {
      const cells = request.gpuTypes.length * request.dataCenters.length;
      if (cells > MAX_CELLS) throw new UpstreamAnswerError('Gpus', `lists that make ${cells} cells`);
      const { gpus, observedAt } = await readStock(request, demand);
      const byId = new Map(gpus.map((listed) => [listed.gpuType.id, listed]));
      const named = new Set(cellsOf(gpus).map(({ id }) => id));
      // The list may be of the other API, which may know more.
      const isKnown = ({ id, source }: DataCenter) => source === 'RUNPOD_REST' || named.has(id);
      return request.gpuTypes.map(
        ({ id }): Observation => ({
          gpuTypeId: id,
          gpuCount: request.gpuCount,
          cells: normaliseCells(byId.get(id), request, { observedAt, isKnown }),
        }),
      );
    },
  };
}

const cellsOf = (gpus: readonly ListedGpu[]) => gpus.flatMap(({ row }) => firstOfEachId(row.dataCenters ?? []));

function parse<T>(operation: string, schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body);
  if (!parsed.success) throw new UpstreamAnswerError(operation, 'not a list', { cause: parsed.error });
  return parsed.data;
}
