import { describe, expect, it } from 'vitest';
import { ask, cellOf, offered, openBoth, quiet, upstreamOf } from './support/both-apis.ts';
import { changedType } from './support/changed-answer.ts';

const L4 = 'NVIDIA L4';

/** A fault that changes an answer of the REST API: the L4 is in stock, but no data centers are listed for it. */
const withoutPlaces = changedType(L4, { availability: 'LOW', dataCenters: undefined });

describe('a GPU type that the REST API reports in stock without naming a data center', () => {
  it('gets its stock from the GraphQL API, and the other GPU types get theirs from the REST API', async () => {
    await using both = await openBoth();
    const { rest, graphql } = both;
    const whole = offered((await ask(both)).nodes).map(({ gpuType, dataCenter }) => [gpuType.id, dataCenter.id]);
    await using other = await openBoth();
    other.rest.fail(({ path }) => (path.endsWith('gpus') ? withoutPlaces : undefined));
    const { nodes, coverage } = await ask(other);
    expect(coverage).toMatchObject({ complete: true, failed: 0 });
    expect(offered(nodes).map(({ gpuType, dataCenter }) => [gpuType.id, dataCenter.id])).toEqual(whole);
    expect(other.rest.count('gpus')).toBe(1);
    expect(await upstreamOf(other)).toMatchObject({ source: 'RUNPOD_REST' });
    expect([rest.count('gpus'), graphql.count('GpuTypes')]).toEqual([1, 0]);
  });

  it('stays fresh with one request per minute to each API, until the REST API lists the data centers again', async () => {
    await using both = await openBoth();
    const { rest, graphql, gateway } = both;
    rest.fail(({ path }) => (path.endsWith('gpus') ? withoutPlaces : undefined));
    await ask(both);
    await quiet(both);
    const isFresh = async () => (await ask(both)).nodes.every(({ stale }) => !stale);
    const pricesOfL4 = () => graphql.seen.filter(({ variables }) => variables?.['gpuTypeId'] === L4).length;
    const before = { rest: rest.count('gpus'), graphql: pricesOfL4() };
    for (let period = 1; period <= 3; period += 1) {
      gateway.passSeconds(61);
      expect(await isFresh()).toBe(false);
      await expect.poll(isFresh).toBe(true);
    }
    expect([rest.count('gpus') - before.rest, pricesOfL4() - before.graphql]).toEqual([3, 3]);
    rest.fail();
    gateway.passSeconds(61);
    await ask(both);
    await quiet(both);
    const asked = pricesOfL4();
    gateway.passSeconds(61);
    await ask(both);
    await quiet(both);
    expect(cellOf((await ask(both)).nodes, L4, 'EUR-IS-1')).toMatchObject({ available: true, stale: false });
    expect(pricesOfL4()).toBe(asked);
  });

  it('is the only GPU type whose cells fail when the GraphQL API fails', async () => {
    await using both = await openBoth();
    both.rest.fail(({ path }) => (path.endsWith('gpus') ? withoutPlaces : undefined));
    both.graphql.fail(() => (response) => response.writeHead(503).end());
    const { nodes, coverage } = await ask(both);
    expect(coverage).toMatchObject({ complete: false, failed: 39 });
    expect(nodes.filter(({ available }) => available === null).every(({ gpuType }) => gpuType.id === L4)).toBe(true);
  });
});
