import { describe, expect, it } from 'vitest';
import { ask, openBoth, quiet, upstreamOf } from './support/both-apis.ts';
import { answerWith } from './support/fake-runpod.ts';

type Both = Awaited<ReturnType<typeof openBoth>>;

const down = answerWith(503, '');

/** Makes the GraphQL API list a data center that the REST API does not know. */
function listElsewhere({ graphql }: Both): void {
  graphql.fail(({ operationName }) =>
    operationName === 'DataCenters'
      ? (response, good) => {
          const answer = JSON.parse(good);
          answer.data.dataCenters.push({ ...answer.data.dataCenters[0], id: 'EU-XX-9', name: 'EU-XX-9' });
          answerWith(200, JSON.stringify(answer))(response, good);
        }
      : undefined,
  );
}

describe('a list of data centers from the GraphQL API while the REST API reports stock', () => {
  it('is used after one failure of the REST API, causes no failed cell, and is replaced within half a minute', async () => {
    await using both = await openBoth();
    const { rest, gateway } = both;
    listElsewhere(both);
    rest.fail(({ path }) => (path.endsWith('datacenters') ? down : undefined));
    const cold = await ask(both);
    expect(cold.coverage).toMatchObject({ complete: true, expected: 41 * 40 });
    expect(
      cold.nodes.filter(({ dataCenter, available }) => dataCenter.id === 'EU-XX-9' && available === false),
    ).toHaveLength(41);
    rest.fail();
    gateway.passSeconds(29);
    await ask(both);
    await quiet(both);
    expect((await ask(both)).coverage).toMatchObject({ complete: true, expected: 1599 });
    const asked = rest.count('datacenters');
    gateway.passSeconds(600);
    await ask(both);
    await quiet(both);
    expect(rest.count('datacenters')).toBe(asked);
  });

  it('causes failed cells for a new data center only until the next answer about stock', async () => {
    await using both = await openBoth();
    const { rest, gateway } = both;
    expect((await ask(both)).coverage).toMatchObject({ complete: true, expected: 1599 });
    listElsewhere(both);
    rest.fail(({ path }) => (path.endsWith('datacenters') ? down : undefined));
    gateway.passSeconds(901);
    await ask(both);
    await quiet(both);
    await ask(both);
    await quiet(both);
    expect((await ask(both)).coverage).toMatchObject({ complete: true, expected: 1640 });
  });

  it('is used while requests for the list of the REST API fail, and these requests are repeated', async () => {
    await using both = await openBoth();
    const { rest, gateway } = both;
    rest.fail(({ path }) => (path.endsWith('datacenters') ? down : undefined));
    await ask(both);
    await quiet(both);
    const asked = rest.count('datacenters');
    for (let tries = 1; tries <= 3; tries += 1) {
      gateway.passSeconds(29);
      await ask(both);
      await quiet(both);
      expect(rest.count('datacenters')).toBe(asked + tries);
    }
  });
});

describe('the source of a gateway whose REST API is down', () => {
  it('is the GraphQL API, even if the REST API once answered for a pod size that no client requests now', async () => {
    await using both = await openBoth();
    const { rest, gateway } = both;
    await ask(both);
    await ask(both, undefined, { gpuCount: 8 });
    await quiet(both);
    rest.fail(() => answerWith(401, ''));
    const source = async () => {
      gateway.passSeconds(61);
      await ask(both);
      await quiet(both);
      return (await upstreamOf(both)).source;
    };
    await expect.poll(source).toBe('RUNPOD_GRAPHQL');
    expect((await ask(both)).coverage).toMatchObject({ complete: true });
  });
});

describe('lists while the GraphQL API reports stock', () => {
  it('come from the GraphQL API too, so that the lists and the stock name the same data centers', async () => {
    await using both = await openBoth();
    const { rest, gateway } = both;
    expect((await ask(both)).coverage).toMatchObject({ expected: 1599 });
    listElsewhere(both);
    rest.fail(({ path }) => (path.endsWith('gpus') ? down : undefined));
    const isTaken = async () => {
      gateway.passSeconds(61);
      await ask(both);
      await quiet(both);
      return (await ask(both)).coverage['expected'];
    };
    await expect.poll(isTaken).toBe(1640);
  });
});
