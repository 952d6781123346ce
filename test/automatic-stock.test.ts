import { describe, expect, it } from 'vitest';
import { ClientLimitedError, UpstreamGoneError, UpstreamNotAttemptedError } from '../src/domain/errors.ts';
import { createControlledApis, createWithFailedRest, refused } from './support/controlled-apis.ts';

describe('the stock of both APIs together', () => {
  it('comes from the REST API, whose request then covers all GPU types', async () => {
    const { catalog, keyOf, observe, takeQueries } = createControlledApis();
    expect(await observe(2)).toEqual(['L4', 'H100']);
    expect(takeQueries()).toEqual(['REST: stock 2']);
    expect(catalog.batchOf(keyOf(2))).toBe('REST batch 2');
  });

  it('may cost a request to each API, but none to a GraphQL API that is retired', () => {
    const { catalog, keyOf, state } = createControlledApis();
    expect(catalog.costOf(keyOf())).toEqual(['REST cost 1', 'GraphQL cost 1']);
    state.isGone = true;
    expect(catalog.costOf(keyOf())).toEqual(['REST cost 1']);
  });

  it('needs an extra GraphQL query for spot prices, unless the GraphQL API already reports the stock or is retired', async () => {
    const { catalog, keyOf, graphql, state } = await createWithFailedRest();
    expect(catalog.supplementOf(keyOf(2))).toEqual({ loadName: 'GraphQL batch 2', observe: graphql.catalog.observe });
    expect(catalog.supplementOf(keyOf(1))).toBeNull();
    state.isGone = true;
    expect(catalog.supplementOf(keyOf(2))).toBeNull();
  });
});

describe('a query for stock that the REST API fails to answer', () => {
  it('is answered by the GraphQL API from then on, but queries for other pod sizes are not', async () => {
    const { catalog, keyOf, rest, observe, takeQueries } = await createWithFailedRest();
    rest.error = null;
    await observe(1);
    await observe(2);
    expect(takeQueries()).toEqual(['GraphQL: stock 1', 'REST: stock 2']);
    expect([1, 2].map((gpuCount) => catalog.batchOf(keyOf(gpuCount)))).toEqual(['GraphQL batch 1', 'REST batch 2']);
  });

  it('is repeated at the REST API every 30 s in the background', async () => {
    const { rest, state, observe, takeQueries } = await createWithFailedRest();
    state.nowMs = 29_999;
    await observe();
    expect(takeQueries()).toEqual(['GraphQL: stock 1']);
    state.nowMs = 30_000;
    await Promise.all([observe(), observe()]);
    expect(takeQueries()).toEqual(['REST: stock 1', 'GraphQL: stock 1', 'GraphQL: stock 1']);
    expect(rest.demands.map(({ awaited }) => awaited)).toEqual([true, false]);
    state.nowMs = 59_999;
    await observe();
    expect(takeQueries()).toEqual(['GraphQL: stock 1']);
  });

  it('is answered by the REST API again after the repeated query was answered', async () => {
    const { rest, state, observe, takeQueries } = await createWithFailedRest();
    rest.error = null;
    state.nowMs = 30_000;
    await observe();
    takeQueries();
    await observe();
    expect(takeQueries()).toEqual(['REST: stock 1']);
  });

  it.each([
    ['after 5 s, if the GraphQL API is down', 5000, 'DOWN', 'REST: stock 1'],
    ['not within 5 s', 4999, 'DOWN', 'GraphQL: stock 1'],
    ['not if the GraphQL API fails for one query only', 5000, 'DEGRADED', 'GraphQL: stock 1'],
  ] as const)('returns to the REST API when the GraphQL API fails too: %s', async (_when, nowMs, health, next) => {
    const { rest, graphql, state, observe, takeQueries } = await createWithFailedRest();
    rest.error = null;
    graphql.error = refused('GraphQL');
    graphql.health = health;
    state.nowMs = nowMs;
    await expect(observe()).rejects.toBe(graphql.error);
    takeQueries();
    graphql.error = null;
    await observe();
    expect(takeQueries()).toEqual([next]);
  });

  it('stays with the GraphQL API after a fault of the gateway itself', async () => {
    const { graphql, state, observe, takeQueries } = await createWithFailedRest();
    graphql.error = new TypeError('a fault of the gateway');
    graphql.health = 'DOWN';
    state.nowMs = 5000;
    await expect(observe()).rejects.toBe(graphql.error);
    takeQueries();
    graphql.error = null;
    await observe();
    expect(takeQueries()).toEqual(['GraphQL: stock 1']);
  });

  it('is rejected with the error of the REST API when the GraphQL API turns out to be retired', async () => {
    const { graphql, observe, error } = await createWithFailedRest();
    graphql.error = new UpstreamGoneError('LowestPrices');
    await expect(observe()).rejects.toBe(error);
  });

  it('stays with the REST API if the GraphQL API is retired', async () => {
    const { catalog, keyOf, state, observe, takeQueries, error } = await createWithFailedRest();
    state.isGone = true;
    expect(catalog.batchOf(keyOf())).toBe('REST batch 1');
    await expect(observe()).rejects.toBe(error);
    expect(takeQueries()).toEqual(['REST: stock 1']);
  });

  it.each([
    ['a client has used up its budget', () => new ClientLimitedError(60, 1000)],
    ['the queue of requests was full', () => new UpstreamNotAttemptedError('Gpus', 'full')],
    ['the client disconnected', () => new DOMException('gone', 'AbortError')],
  ])('stays with the REST API if the reason is that %s', async (_why, errorOf) => {
    const { rest, observe, takeQueries } = createControlledApis();
    rest.error = errorOf();
    await expect(observe()).rejects.toBe(rest.error);
    await expect(observe()).rejects.toBe(rest.error);
    expect(takeQueries()).toEqual(['REST: stock 1', 'REST: stock 1']);
  });

  it('goes to the GraphQL API if it was not sent because the REST API is down', async () => {
    const { rest, state, observe, takeQueries } = createControlledApis();
    rest.error = new UpstreamNotAttemptedError('Gpus', 'its API is down');
    state.isRestDown = true;
    await expect(observe()).rejects.toBe(rest.error);
    await observe();
    expect(takeQueries()).toEqual(['REST: stock 1', 'GraphQL: stock 1']);
  });
});

describe('a GPU type whose stock is missing from the answer of the REST API', () => {
  it('is left out of the answer and then read from the GraphQL API, for this pod size only', async () => {
    const { catalog, keyOf, rest, observe, takeQueries } = createControlledApis();
    rest.unread = ['H100'];
    expect(await observe()).toEqual(['L4']);
    takeQueries();
    await observe(1, 'H100');
    await observe(1, 'L4');
    expect(takeQueries()).toEqual(['GraphQL: stock 1', 'REST: stock 1']);
    expect(catalog.batchOf(keyOf(1, 'H100'))).toBe('GraphQL batch 1');
    expect(catalog.batchOf(keyOf(2, 'H100'))).toBe('REST batch 2');
    expect(catalog.supplementOf(keyOf(1, 'H100'))).toBeNull();
  });

  it('is read from the REST API again as soon as this API reports its stock', async () => {
    const { rest, observe, takeQueries } = createControlledApis();
    rest.unread = ['H100'];
    await observe();
    rest.unread = [];
    expect(await observe()).toEqual(['L4', 'H100']);
    takeQueries();
    await observe(1, 'H100');
    expect(takeQueries()).toEqual(['REST: stock 1']);
  });

  it('remains in the answer if the GraphQL API is retired, because no other API can answer', async () => {
    const { catalog, keyOf, rest, state, observe } = createControlledApis();
    rest.unread = ['H100'];
    state.isGone = true;
    expect(await observe()).toEqual(['L4', 'H100']);
    expect(catalog.batchOf(keyOf(1, 'H100'))).toBe('REST batch 1');
    expect(await observe(1, 'H100')).toEqual(['L4', 'H100']);
  });
});

describe('the status of both APIs together', () => {
  const sourcesOf = ({ catalog }: ReturnType<typeof createControlledApis>) => {
    const { source, sources } = catalog.status();
    return [source, ...sources.map((status) => status.source)];
  };

  it('names the REST API first, and the GraphQL API once this API reports the stock', async () => {
    expect(sourcesOf(createControlledApis())).toEqual(['RUNPOD_REST', 'RUNPOD_REST', 'RUNPOD_GRAPHQL']);
    const failed = await createWithFailedRest();
    expect(sourcesOf(failed)).toEqual(['RUNPOD_GRAPHQL', 'RUNPOD_GRAPHQL', 'RUNPOD_REST']);
  });

  it('names only the REST API if the GraphQL API is retired', async () => {
    const failed = await createWithFailedRest();
    failed.state.isGone = true;
    expect(sourcesOf(failed)).toEqual(['RUNPOD_REST', 'RUNPOD_REST']);
  });
});
