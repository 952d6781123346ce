import { expect } from 'vitest';
import type { Demand, SourceCatalog, UpstreamHealth } from '../../src/domain/catalog.ts';
import { UpstreamUnreachableError } from '../../src/domain/errors.ts';
import type { Cell, ObservationRequest, UpstreamSource } from '../../src/domain/observation.ts';
import { createAutomaticCatalog } from '../../src/upstream/automatic.ts';
import { cellOf } from './cells.ts';
import { dataCenterOf, gpuTypeOf } from './list-rows.ts';
import { DEMAND } from './runpod-catalog.ts';

const ASKED = { askedAt: 0, observedAt: '2025-11-14T00:00:00.000Z' };
const FAILED: Cell = { dataCenterId: 'EU-RO-1', failure: { code: 'BAD_RESPONSE', message: 'no stock word' } };

/** The GPU types of both APIs. */
export const GPU_TYPES = ['L4', 'H100'].map((id) => gpuTypeOf({ id }));

const observed = (source: UpstreamSource): Cell => cellOf('EU-RO-1', 0, { ...ASKED, source });

/** An API whose answers the test controls. It adds the name of each query to `queries`. */
function createApi(source: UpstreamSource, queries: string[]) {
  const name = source === 'RUNPOD_REST' ? 'REST' : 'GraphQL';
  const api = {
    /** The error of every query; `null` if the API answers. */
    error: null as Error | null,
    health: 'UP' as UpstreamHealth,
    /** The ids of the GPU types whose stock is missing from the answers. */
    unread: [] as string[],
    /** The demand of each query for stock: the clients that needed the answer, and whether they waited for it. */
    demands: [] as Demand[],
  };
  function answer<T>(query: string, value: T): T {
    queries.push(`${name}: ${query}`);
    if (api.error !== null) throw api.error;
    return value;
  }
  const catalog: SourceCatalog = {
    gpuTypes: async () => answer('GPU types', { source, rows: GPU_TYPES }),
    dataCenters: async () => answer('data centers', { source, rows: [dataCenterOf('EU-RO-1')] }),
    listCost: 1,
    batchOf: ({ gpuCount }) => `${name} batch ${gpuCount}`,
    costOf: ({ gpuCount }) => [`${name} cost ${gpuCount}`],
    async observe({ gpuTypes, gpuCount }, demand) {
      api.demands.push(demand);
      return answer(
        `stock ${gpuCount}`,
        gpuTypes.map(({ id }) => ({
          ...ASKED,
          gpuTypeId: id,
          gpuCount,
          cells: [api.unread.includes(id) ? FAILED : observed(source)],
        })),
      );
    },
    supplementOf: () => null,
    status() {
      const status = { source, health: api.health, lastSuccessAt: null };
      return { ...status, recordedAt: null, sources: [status] };
    },
  };
  return Object.assign(api, { catalog });
}

/** Creates the combined catalog of two APIs whose answers, errors and clock the test controls. */
export function createControlledApis() {
  const queries: string[] = [];
  const rest = createApi('RUNPOD_REST', queries);
  const graphql = createApi('RUNPOD_GRAPHQL', queries);
  const state = { nowMs: 0, isGone: false, isRestDown: false };
  const catalog = createAutomaticCatalog({
    rest: rest.catalog,
    graphql: graphql.catalog,
    isGone: () => state.isGone,
    isRestDown: () => state.isRestDown,
    now: () => state.nowMs,
  });
  const requestOf = (gpuCount: number, gpuTypeId: string): ObservationRequest => ({
    gpuType: gpuTypeOf({ id: gpuTypeId }),
    gpuTypes: GPU_TYPES,
    gpuCount,
    dataCenters: [dataCenterOf('EU-RO-1')],
  });
  return {
    rest,
    graphql,
    state,
    catalog,
    keyOf: (gpuCount = 1, gpuTypeId = 'L4') => requestOf(gpuCount, gpuTypeId),
    /** Returns the names of the queries since the last call. */
    takeQueries: () => queries.splice(0),
    gpuTypes: async () => (await catalog.gpuTypes(DEMAND)).source,
    /** Requests observations. Resolves to the ids of the observed GPU types. */
    observe: async (gpuCount = 1, gpuTypeId = 'L4') =>
      (await catalog.observe(requestOf(gpuCount, gpuTypeId), DEMAND)).map((observation) => observation.gpuTypeId),
  };
}

/** The error of an API that is down. */
export const refused = (api: string) => new UpstreamUnreachableError(api, 'HTTP 502');

/**
 * Creates the combined catalog of `createControlledApis`. Its REST API is down, and has already failed to answer a query for the stock of
 * pods of one GPU.
 */
export async function createWithFailedRest() {
  const apis = createControlledApis();
  const error = refused('REST');
  apis.rest.error = error;
  await expect(apis.observe()).rejects.toBe(error);
  expect(apis.takeQueries()).toEqual(['REST: stock 1']);
  return { ...apis, error };
}
