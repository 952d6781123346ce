import { describe, expect, it } from 'vitest';
import {
  ask,
  cellOf,
  down,
  filled,
  gone,
  knownSpots,
  MATRIX,
  offered,
  openBoth,
  quiet,
  type Row,
  upstreamOf,
} from './support/both-apis.ts';
import { answerWith } from './support/fake-runpod.ts';
import { createGateway } from './support/gateway.ts';
import { NOTHING } from './support/stock.ts';

const L4 = '{ gpuAvailability(gpuType: "NVIDIA L4") { nodes { spotPrice { perPod } } } }';

describe('a gateway with both APIs', () => {
  it('answers a cold query with two REST requests, and then sends one GraphQL request per GPU type in stock', async () => {
    await using both = await openBoth();
    const { rest, graphql, gateway } = both;
    const { coverage } = await ask(both);
    expect(coverage).toMatchObject({ complete: true, expected: 1599 });
    expect(rest.seen).toHaveLength(2);
    await filled(both);
    await quiet(both);
    expect(rest.seen).toHaveLength(2);
    const asked = graphql.seen.map(({ variables }) => variables?.['gpuTypeId']);
    expect([asked.length, new Set(asked).size]).toEqual([25, 25]);
    expect(graphql.mostInFlight()).toBe(1);
    const reference = createGateway({ UPSTREAM: 'graphql', RUNPOD_GRAPHQL_URL: graphql.url });
    const reported = (rows: readonly Row[]) =>
      rows.map(({ spotPrice, availableGpuCounts }) => ({ spotPrice, availableGpuCounts }));
    const { data } = await reference.ask(MATRIX);
    expect(reported(offered((await ask(both)).nodes))).toEqual(reported(offered(data.gpuAvailability.nodes)));
    expect(await upstreamOf(both)).toEqual({
      source: 'RUNPOD_REST',
      health: 'UP',
      sources: [
        { source: 'RUNPOD_REST', health: 'UP' },
        { source: 'RUNPOD_GRAPHQL', health: 'UP' },
      ],
    });
    gateway.stop();
  });

  it('requests only the GPU types and pod sizes that clients request', async () => {
    await using both = await openBoth();
    await ask(both, L4);
    await expect.poll(() => both.graphql.seen.length).toBe(1);
    await quiet(both);
    await ask(both, L4);
    await quiet(both);
    expect(both.graphql.seen.map(({ variables }) => variables?.['gpuTypeId'])).toEqual(['NVIDIA L4']);
  });

  it('refreshes stock every period and spot prices every fifth period, and reports when it observed each of them', async () => {
    await using both = await openBoth();
    await filled(both);
    await quiet(both);
    const before = both.graphql.seen.length;
    for (let period = 0; period < 4; period += 1) {
      both.gateway.passSeconds(61);
      await ask(both);
      await quiet(both);
    }
    expect(both.graphql.seen).toHaveLength(before);
    const { nodes } = await ask(both);
    for (const { observedAt, spotObservedAt } of knownSpots(nodes)) {
      expect(Date.parse(observedAt) - Date.parse(spotObservedAt ?? '')).toBeGreaterThan(200_000);
    }
    expect(knownSpots(nodes)).toHaveLength(offered(nodes).length);
    both.gateway.passSeconds(61);
    await ask(both);
    await expect.poll(() => both.graphql.seen.length).toBe(before + 25);
  });

  it('refreshes spot prices even if the answers of the APIs overlap, and keeps the stock that the REST API reported', async () => {
    await using both = await openBoth();
    const { rest, graphql, gateway } = both;
    // The answer of the GraphQL API arrives after the answer of the REST API, although the gateway sends the request to the GraphQL API
    // first.
    graphql.fail(() => (response, good) => void setTimeout(() => answerWith(200, good)(response, good), 300));
    const l4 = async () => {
      const { nodes } = await ask(both, MATRIX_OF_L4);
      await quiet(both);
      return cellOf(nodes, 'NVIDIA L4', 'EUR-IS-1');
    };
    await l4();
    const first = await l4();
    const asked = rest.count('gpus');
    gateway.passSeconds(305);
    await l4();
    expect(rest.count('gpus')).toBe(asked + 1);
    const second = await l4();
    expect(Date.parse(second?.spotObservedAt ?? '')).toBeGreaterThan(Date.parse(first?.spotObservedAt ?? ''));
    graphql.stock.set('NVIDIA L4', 'EUR-IS-1', NOTHING);
    gateway.passSeconds(305);
    await l4();
    expect(await l4()).toMatchObject({ available: true, spotPrice: null, spotObservedAt: null });
  });

  it('does not request spot prices again if the GraphQL API has just reported them together with the stock', async () => {
    await using both = await openBoth();
    const { rest, graphql, gateway } = both;
    rest.fail(() => down);
    await ask(both);
    rest.fail();
    gateway.passSeconds(61);
    await ask(both);
    await quiet(both);
    const asked = graphql.seen.length;
    gateway.passSeconds(61);
    await ask(both);
    await quiet(both);
    expect((await upstreamOf(both)).source).toBe('RUNPOD_REST');
    expect(graphql.seen.length).toBe(asked);
  });

  it('reports no stock in a data center that the GraphQL API lists but the REST API never names', async () => {
    await using both = await openBoth();
    const { rest, graphql } = both;
    rest.fail(({ path }) => (path.endsWith('datacenters') ? down : undefined));
    graphql.fail(({ operationName }) => (operationName === 'LowestPrices' ? down : undefined));
    const { nodes, coverage } = await ask(both);
    expect(coverage).toMatchObject({ complete: true, expected: 1599 });
    const named = new Set(offered(nodes).map(({ dataCenter }) => dataCenter.id));
    const others = nodes.filter(({ dataCenter }) => !named.has(dataCenter.id));
    expect(others.length).toBeGreaterThan(0);
    for (const row of others) expect(row.available).toBe(false);
  });

  it('applies one limit to the requests of an operation to both APIs together', async () => {
    await using both = await openBoth({ MAX_UPSTREAM_PER_OPERATION: '128' });
    const sizes = (count: number) =>
      `{ ${Array.from({ length: count }, (_, i) => `a${i}: gpuAvailability(gpuCount: ${i + 1}) { totalCount }`).join(' ')} }`;
    const refused = await both.gateway.ask(sizes(4));
    expect(refused.errors?.[0]?.extensions.code).toBe('OPERATION_TOO_COMPLEX');
    expect([both.rest.seen.length, both.graphql.seen.length]).toEqual([2, 0]);
    expect((await both.gateway.ask(sizes(3))).errors).toBeUndefined();
    both.graphql.fail(() => gone);
    await quiet(both);
    await expect.poll(async () => (await both.gateway.ask(sizes(16))).errors).toBeUndefined();
  });
});

const MATRIX_OF_L4 = MATRIX.replace('gpuCount: $gpuCount,', 'gpuCount: $gpuCount, gpuType: "NVIDIA L4",');
