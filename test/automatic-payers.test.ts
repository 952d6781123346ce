import { expect, it } from 'vitest';
import type { Demand, SourceCatalog } from '../src/domain/catalog.ts';
import { createUnlimitedClient, GATEWAY } from '../src/domain/client.ts';
import { UpstreamUnreachableError } from '../src/domain/errors.ts';
import { createAutomaticCatalog } from '../src/upstream/automatic.ts';
import { dataCenterOf, gpuTypeOf } from './support/list-rows.ts';
import { DEMAND } from './support/runpod-catalog.ts';

/**
 * Creates a source that calls `fail` on each request for stock. `demands` records the demand of each request: the clients that need the
 * answer.
 */
function createSource(fail: () => void) {
  const demands: Demand[] = [];
  const source: SourceCatalog = {
    gpuTypes: async () => ({ source: 'RUNPOD_REST', rows: [] }),
    dataCenters: async () => ({ source: 'RUNPOD_REST', rows: [] }),
    listCost: 1,
    batchOf: () => 'batch',
    costOf: () => ['batch'],
    async observe(_request, demand) {
      demands.push(demand);
      fail();
      return [];
    },
    supplementOf: () => null,
    status: () => ({ source: 'RUNPOD_REST', health: 'UP', lastSuccessAt: null, recordedAt: null, sources: [] }),
  };
  return { source, demands };
}

it('no client is charged for a request that checks whether the REST API answers again', async () => {
  const rest = createSource(() => {
    throw new UpstreamUnreachableError('gpus', 'refused');
  });
  const graphql = createSource(() => {});
  let nowMs = 0;
  const catalog = createAutomaticCatalog({
    rest: rest.source,
    isRestDown: () => false,
    graphql: graphql.source,
    isGone: () => false,
    now: () => nowMs,
  });
  const demand = { ...DEMAND, clients: [createUnlimitedClient()] };
  const lists = { gpuTypes: [gpuTypeOf({})], dataCenters: [dataCenterOf('EU-RO-1')] };
  const request = { gpuType: gpuTypeOf({}), gpuCount: 1, ...lists };
  await expect(catalog.observe(request, demand)).rejects.toBeInstanceOf(UpstreamUnreachableError);
  nowMs = 60_000;
  await catalog.observe(request, demand);
  expect(rest.demands.map(({ clients }) => clients)).toEqual([demand.clients, [GATEWAY]]);
  expect(graphql.demands.map(({ clients }) => clients)).toEqual([demand.clients]);
});
