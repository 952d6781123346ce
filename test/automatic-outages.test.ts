import { describe, expect, it } from 'vitest';
import {
  ask,
  down,
  filled,
  gone,
  knownSpots,
  MATRIX,
  offered,
  openBoth,
  quiet,
  upstreamOf,
} from './support/both-apis.ts';
import { answerWith, type Fault } from './support/fake-runpod.ts';

describe('a gateway whose GraphQL API does not answer', () => {
  it('shows neither an error nor spot prices, and sends only one request to the GraphQL API if it is gone for good', async () => {
    await using both = await openBoth();
    both.graphql.fail(() => gone);
    for (let period = 0; period < 12; period += 1) {
      const { nodes, coverage } = await ask(both);
      expect(coverage['complete']).toBe(true);
      expect(knownSpots(nodes)).toEqual([]);
      for (const { spotPrice, availableGpuCounts } of nodes)
        expect([spotPrice, availableGpuCounts]).toEqual([null, null]);
      await quiet(both);
      both.gateway.passSeconds(61);
    }
    expect(both.graphql.seen).toHaveLength(1);
    expect(await upstreamOf(both)).toEqual({
      source: 'RUNPOD_REST',
      health: 'UP',
      sources: [{ source: 'RUNPOD_REST', health: 'UP' }],
    });
  });

  it('serves the last spot prices, with the time of their observation, until they are too old', async () => {
    await using both = await openBoth({ STALE_SECONDS: '600' });
    await filled(both);
    await expect.poll(() => both.graphql.seen.length).toBe(25);
    both.graphql.fail(() => gone);
    const spotsAfter = async (seconds: number) => {
      both.gateway.passSeconds(seconds);
      await ask(both);
      await quiet(both);
      const { nodes, coverage } = await ask(both);
      expect(coverage['complete']).toBe(true);
      return knownSpots(nodes).length;
    };
    const all = offered((await ask(both)).nodes).length;
    expect(await spotsAfter(310)).toBe(all);
    expect(await spotsAfter(280)).toBe(all);
    expect(await spotsAfter(20)).toBe(0);
    expect(both.graphql.seen.filter(({ operationName }) => operationName === 'LowestPrices').length).toBe(26);
  });

  it('sends no more requests than usual to the GraphQL API if that API refuses the key', async () => {
    await using both = await openBoth();
    both.graphql.fail(() => answerWith(401, ''));
    for (let period = 0; period < 4; period += 1) {
      await ask(both);
      await quiet(both);
      await expect.poll(() => both.graphql.seen.length).toBe(25);
      both.gateway.passSeconds(61);
    }
  });

  it('drops the requests that wait for the GraphQL API if that API is gone for good', async () => {
    await using both = await openBoth();
    both.rest.fail(({ parameters }) => (parameters['count'] === '2' ? down : undefined));
    both.graphql.fail(() => gone);
    const { coverage } = await ask(both, MATRIX, { gpuCount: 2 });
    expect(both.graphql.seen.length).toBeLessThanOrEqual(3);
    expect(coverage).toMatchObject({ failed: 1599 });
    expect(new Set((coverage['failures'] as { code: string }[]).map(({ code }) => code))).toEqual(
      new Set(['UNREACHABLE']),
    );
  });

  it('does not delay requests to the REST API while other requests wait for the GraphQL API', async () => {
    await using both = await openBoth({ UPSTREAM_QUEUE_LIMIT: '30' });
    const { rest, graphql } = both;
    rest.fail(({ parameters }) => (parameters['count'] === '2' ? down : undefined));
    graphql.fail(() => answerWith(429, '', { 'retry-after': '2' }));
    await ask(both);
    const waiting = ask(both, MATRIX, { gpuCount: 2 });
    await expect.poll(() => rest.seen.some(({ parameters }) => parameters['count'] === '2')).toBe(true);
    expect((await ask(both, MATRIX, { gpuCount: 4 })).coverage).toMatchObject({ complete: true });
    graphql.fail();
    await waiting;
  });

  it.each<[string, Fault, Record<string, string>]>([
    ['fails', down, {}],
    ['refuses', answerWith(429, '', { 'retry-after': '3600' }), {}],
    // Only this case waits for the time-out, so only this case has a short one. In the other cases, a good answer could miss a short
    // time-out on a busy machine.
    ['never answers', () => {}, { UPSTREAM_TIMEOUT_MS: '1000' }],
  ])('gives complete answers even if the GraphQL API %s', async (_what, fault, env) => {
    await using both = await openBoth({ UPSTREAM_CONCURRENCY: '1', ...env });
    both.graphql.fail(() => fault);
    for (let count = 1; count <= 4; count += 1) {
      const { coverage } = await ask(both, MATRIX, { gpuCount: count });
      expect(coverage).toMatchObject({ complete: true });
    }
    expect(both.rest.count('gpus')).toBe(4);
    expect(await upstreamOf(both)).toMatchObject({ source: 'RUNPOD_REST', health: 'UP' });
  });
});

describe('a gateway whose REST API has failed or has no quota left', () => {
  it.each([
    ['the requested stock', false],
    ['the lists', true],
  ])('has %s soon after the REST API is back, even without the GraphQL API', async (_what, isCold) => {
    await using both = await openBoth();
    const { rest, graphql, gateway } = both;
    if (!isCold) await ask(both);
    rest.fail(() => down);
    graphql.fail(() => down);
    await gateway.ask(MATRIX, { gpuCount: 2 });
    rest.fail();
    const isKnown = async () => {
      gateway.passSeconds(6);
      const { data } = await gateway.ask(MATRIX, { gpuCount: 2 });
      return data.gpuAvailability?.coverage.complete === true;
    };
    await isKnown();
    expect(await isKnown()).toBe(true);
  });

  it('does not delay a refresh until the quota is reset, because the GraphQL API answers', async () => {
    await using both = await openBoth();
    const { rest, gateway } = both;
    await ask(both);
    rest.send({ ratelimit: '"hour";r=0;t=3000', 'ratelimit-policy': '"hour";q=3000;w=3600' });
    gateway.passSeconds(61);
    await ask(both);
    await quiet(both);
    gateway.passSeconds(61);
    await ask(both);
    const isFresh = async () => (await ask(both)).nodes.every((row) => !('stale' in row && row.stale));
    await expect.poll(isFresh).toBe(true);
  });
});

describe('a gateway whose REST API does not answer', () => {
  it('answers a cold query with the GraphQL API if the quota of the REST API is exhausted', async () => {
    await using both = await openBoth();
    both.rest.fail(() => answerWith(429, '', { 'retry-after': '3600' }));
    expect((await ask(both)).coverage).toMatchObject({ complete: true });
    expect(both.rest.seen.length).toBeLessThan(5);
    expect((await upstreamOf(both)).source).toBe('RUNPOD_GRAPHQL');
  });

  it.each<[string, Fault]>([
    ['fails', down],
    ['refuses the key', answerWith(401, '')],
    ['sends an invalid answer', answerWith(200, '{"gpus":7}')],
    ['is gone', gone],
  ])(
    'answers a cold query with the GraphQL API while the REST API %s, and uses the REST API again when it is back',
    async (_what, fault) => {
      await using both = await openBoth();
      const { rest, graphql, gateway } = both;
      rest.fail(() => fault);
      const { nodes, coverage } = await ask(both);
      expect(coverage).toMatchObject({ complete: true });
      expect(knownSpots(nodes)).toHaveLength(offered(nodes).length);
      expect(graphql.count('LowestPrices')).toBe(41);
      expect((await upstreamOf(both)).source).toBe('RUNPOD_GRAPHQL');
      rest.fail();
      const isBack = async () => {
        gateway.passSeconds(61);
        await ask(both);
        await quiet(both);
        return (await upstreamOf(both)).source;
      };
      await expect.poll(isBack, { timeout: 15_000 }).toBe('RUNPOD_REST');
      await quiet(both);
      const asked = graphql.seen.length;
      gateway.passSeconds(61);
      await ask(both);
      await quiet(both);
      // The gateway still reads spot prices from the GraphQL API, with at most one request per GPU type.
      expect(graphql.seen.length - asked).toBeLessThanOrEqual(41);
      expect((await ask(both)).coverage).toMatchObject({ complete: true });
    },
  );

  it('still requests other pod sizes from the REST API if that API fails for one pod size only', async () => {
    await using both = await openBoth();
    const { rest, graphql } = both;
    rest.fail(({ parameters }) => (parameters['count'] === '2' ? down : undefined));
    expect((await ask(both, MATRIX, { gpuCount: 2 })).coverage).toMatchObject({ complete: true });
    expect(graphql.count('LowestPrices')).toBe(41);
    expect((await ask(both, MATRIX, { gpuCount: 4 })).coverage).toMatchObject({ complete: true });
    expect((await upstreamOf(both)).source).toBe('RUNPOD_REST');
  });

  it('serves the answers that it knows if the GraphQL API then fails too', async () => {
    await using both = await openBoth();
    const { rest, graphql, gateway } = both;
    await ask(both);
    rest.fail(() => down);
    gateway.passSeconds(61);
    await ask(both);
    const isFresh = async () => (await ask(both)).nodes.every((row) => !('stale' in row && row.stale));
    await expect.poll(isFresh).toBe(true);
    graphql.fail(() => down);
    gateway.passSeconds(61);
    await ask(both);
    await quiet(both);
    const { coverage, nodes } = await ask(both);
    expect(coverage).toMatchObject({ complete: true });
    expect(nodes).toHaveLength(1599);
    expect((await upstreamOf(both)).health).not.toBe('UP');
    graphql.fail(() => gone);
    gateway.passSeconds(61);
    await ask(both);
    await quiet(both);
    expect((await ask(both)).coverage).toMatchObject({ complete: true });
    rest.fail();
    const isFreshAgain = async () => {
      gateway.passSeconds(6);
      return isFresh();
    };
    await expect.poll(isFreshAgain).toBe(true);
    expect(await upstreamOf(both)).toMatchObject({ source: 'RUNPOD_REST', health: 'UP' });
  });

  it('answers a cold query with an error that names the cause if the GraphQL API does not answer either', async () => {
    await using both = await openBoth();
    both.rest.fail(() => answerWith(401, ''));
    both.graphql.fail(() => gone);
    const { errors } = await both.gateway.ask(MATRIX);
    expect(errors).toMatchObject([{ extensions: { code: 'UPSTREAM_UNAUTHORIZED' } }]);
  });
});
