import type { z } from 'zod';
import type { Demand, SourceCatalog } from '../../domain/catalog.ts';
import { askedOf } from '../../domain/clock.ts';
import { ClientLimitedError, UpstreamAnswerError, UpstreamError } from '../../domain/errors.ts';
import type { GpuType } from '../../domain/gpu-type.ts';
import type { Observation, ObservationRequest } from '../../domain/observation.ts';
import { firstOfEachId } from '../rows.ts';
import type { Reading } from './client.ts';
import { normaliseCells } from './normalise-cells.ts';
import { normaliseDataCenters } from './normalise-lists.ts';
import { DataCentersSchema } from './raw.ts';
import { dataCentersOf, parseBody, type Stocklist } from './stocklist.ts';
import { StocklistReader, type StocklistReaderOptions } from './stocklist-reader.ts';
import type { TypeStock } from './type-stock.ts';

/** Dependencies of `createRestCatalog`. */
export interface RestCatalogOptions extends StocklistReaderOptions {
  readonly status: SourceCatalog['status'];
}

/**
 * The maximum number of cells in one answer: about sixty times as many as RunPod has. The number is limited, because each cell takes
 * memory.
 */
const MAX_CELLS = 100_000;

/** Reads the list of data centers. The list of GPU types may name further data centers. */
export const DATA_CENTERS: Reading<z.infer<typeof DataCentersSchema>['dataCenters']> = {
  operation: 'DataCenters',
  path: 'catalog/datacenters',
  parameters: {},
  read(body) {
    const { dataCenters, pagination } = parseBody('DataCenters', DataCentersSchema, body);
    if (pagination) throw new UpstreamAnswerError('DataCenters', ONE_PAGE);
    if (firstOfEachId(dataCenters).length === 0) throw new UpstreamAnswerError('DataCenters', 'an empty list');
    return { value: dataCenters, complete: true };
  },
};

const ONE_PAGE = 'the list is only one page of several';

/** Creates a catalog from RunPod's REST API v2. One request observes every GPU type in every data center, for pods of one size. */
export function createRestCatalog({ status, ...options }: RestCatalogOptions): SourceCatalog {
  const reader = new StocklistReader(options);

  return {
    status,
    async gpuTypes(demand) {
      const { gpus, isWhole } = await reader.readList(demand);
      if (!isWhole) throw new UpstreamAnswerError('Gpus', ONE_PAGE);
      return { source: 'RUNPOD_REST', rows: gpus.map(({ gpuType }): GpuType => gpuType) };
    },
    async dataCenters(demand) {
      const [rows, nameById] = await Promise.all([options.get(DATA_CENTERS, demand), readNames(reader, demand)]);
      return { source: 'RUNPOD_REST', rows: normaliseDataCenters(rows, nameById) };
    },
    listCost: 1,
    batchOf: ({ gpuCount }) => String(gpuCount),
    // An answer for a larger pod size may leave GPU types out. Then the answer for pods of one GPU is requested too, because it shows
    // whether RunPod still lists these types.
    costOf: ({ gpuCount }) => (gpuCount === 1 ? ['1'] : [String(gpuCount), '1']),
    supplementOf: () => null,
    async observe(request, demand) {
      const cells = request.gpuTypes.length * request.dataCenters.length;
      if (cells > MAX_CELLS)
        throw new UpstreamAnswerError('Gpus', `its lists make ${cells} cells, more than ${MAX_CELLS}`);
      const stocklist = await reader.readStock(request, demand);
      const stockOfLeftOut = await reader.readLeftOut(request, stocklist, demand);
      return toObservations(request, stocklist, stockOfLeftOut);
    },
  };
}

/**
 * Returns the names of the data centers in the list of GPU types, by id. The list of data centers may lack some of them. If RunPod does not
 * return the list of GPU types, returns no names, because the list of data centers is useful without them.
 */
async function readNames(reader: StocklistReader, demand: Demand): Promise<ReadonlyMap<string, string>> {
  try {
    const { gpus } = await reader.readList(demand);
    return new Map(gpus.flatMap(dataCentersOf).map(({ id, name }) => [id, name ?? id]));
  } catch (error) {
    if (!(error instanceof UpstreamError) || error instanceof ClientLimitedError) throw error;
    return new Map();
  }
}

/**
 * Converts a stocklist (the stock of all GPU types) to one observation for each requested GPU type. `stockOfLeftOut` returns the stock of a
 * type that the stocklist does not contain.
 */
function toObservations(
  { gpuTypes, gpuCount, dataCenters }: ObservationRequest,
  stocklist: Stocklist,
  stockOfLeftOut: (gpuTypeId: string) => TypeStock,
): readonly Observation[] {
  const asked = askedOf(stocklist);
  const listedById = new Map(stocklist.gpus.map((listed) => [listed.gpuType.id, listed]));
  return gpuTypes.map(({ id }) => {
    const listed = listedById.get(id);
    const answer = { stock: listed?.stock ?? stockOfLeftOut(id), gpuType: listed?.gpuType ?? null, ...asked };
    return { gpuTypeId: id, gpuCount, cells: normaliseCells(answer, { gpuCount, dataCenters }), ...asked };
  });
}
