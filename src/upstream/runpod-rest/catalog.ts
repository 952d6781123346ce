import type { z } from 'zod';
import type { Demand, SourceCatalog } from '../../domain/catalog.ts';
import { UpstreamAnswerError } from '../../domain/errors.ts';
import type { GpuType } from '../../domain/gpu-type.ts';
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
  /** Names of data centers by id, as the latest list of GPU types knew them. */
  let named: ReadonlyMap<string, string> = new Map();
  let withList: Stocklist | null = null;
  let listing: Promise<unknown> = Promise.resolve();

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

  async function readList(demand: Demand): Promise<readonly GpuType[]> {
    const list = await get(toReading(1), demand);
    withList = list;
    named = new Map(cellsOf(list.gpus).map(({ id, name }) => [id, name ?? id]));
    return list.gpus.map(({ gpuType }) => gpuType);
  }

  /** What came with the list just now needs no second request. */
  async function readStock({ gpuCount }: ObservationRequest, demand: Demand): Promise<Stocklist> {
    const fromList = gpuCount === 1 ? withList : null;
    withList = null;
    const isFresh = fromList !== null && now() - Date.parse(fromList.observedAt) < FRESH_FROM_LIST_MS;
    return isFresh ? fromList : get(toReading(gpuCount), demand);
  }

  return {
    status,
    gpuTypes(demand) {
      const reading = readList(demand);
      listing = reading.catch(() => {});
      return reading;
    },
    async dataCenters(demand) {
      const rows = await get(DATA_CENTERS, demand);
      // It may name data centers that are not in the list of them.
      await listing;
      return normaliseDataCenters(rows, named);
    },
    batchOf: ({ gpuCount }) => String(gpuCount),
    async observe(request, demand) {
      const { gpus, observedAt } = await readStock(request, demand);
      const byId = new Map(gpus.map((listed) => [listed.gpuType.id, listed]));
      return request.gpuTypes.map(
        ({ id }): Observation => ({
          gpuTypeId: id,
          gpuCount: request.gpuCount,
          cells: normaliseCells(byId.get(id), request, observedAt),
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
