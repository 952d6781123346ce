import { describe, expect, it } from 'vitest';
import { changed } from './support/changed-answer.ts';
import { KEY, startFakeRest } from './support/fake-rest.ts';
import { answerWith, type Fault } from './support/fake-runpod.ts';
import { createGateway } from './support/gateway.ts';

const connect = ({ url }: { readonly url: string }) =>
  createGateway({ UPSTREAM: 'rest', RUNPOD_API_KEY: KEY, RUNPOD_REST_URL: url, UPSTREAM_RETRIES: '0' });

const MATRIX = `query ($gpuCount: Int! = 1) { gpuAvailability(gpuCount: $gpuCount, filter: { includeUnavailable: true }) {
  nodes { gpuType { id } dataCenter { id } available stock stale }
  coverage { complete expected failed failures { gpuType { id } dataCenter { id } code } } } }`;

interface Row {
  readonly gpuType: { readonly id: string };
  readonly dataCenter: { readonly id: string };
}

const rowOf = (rows: readonly Row[], gpuType: string, dataCenter: string) =>
  rows.find((row) => row.gpuType.id === gpuType && row.dataCenter.id === dataCenter);

describe('a gateway with the REST API that receives lists without some GPU types', () => {
  const withoutL4 = changed((gpus) => {
    const index = gpus.findIndex(({ id }) => id === 'NVIDIA L4');
    gpus.splice(index, 1);
  });

  it('reads a GPU type that is missing from the answer for a pod size as sold out in that size', async () => {
    await using rest = await startFakeRest();
    const gateway = connect(rest);
    rest.fail(({ parameters }) => (parameters['count'] === '2' ? withoutL4 : undefined));
    const { nodes, coverage } = (await gateway.ask(MATRIX, { gpuCount: 2 })).data.gpuAvailability;
    expect(coverage).toMatchObject({ complete: true, expected: 1599 });
    expect(rowOf(nodes, 'NVIDIA L4', 'EUR-IS-1')).toMatchObject({ available: false, stock: 'NONE', stale: false });
    expect(rest.count('gpus')).toBe(2);
  });

  it.each([
    ['null', null],
    ['a text', 'NVIDIA L4'],
    ['a row without an id', { name: 'L4', availability: 'LOW' }],
  ])(
    'reports the cells of a missing GPU type as failed if the answer for a pod size contains %s, which may be that type',
    async (_what, row) => {
      await using rest = await startFakeRest();
      const gateway = connect(rest);
      const spoilt = changed((gpus) => {
        gpus.splice(
          gpus.findIndex(({ id }) => id === 'NVIDIA L4'),
          1,
          row as unknown as (typeof gpus)[number],
        );
      });
      rest.fail(({ parameters }) => (parameters['count'] === '2' ? spoilt : undefined));
      const { coverage } = (await gateway.ask(MATRIX, { gpuCount: 2 })).data.gpuAvailability;
      expect(coverage).toMatchObject({ failed: 39 });
      expect(new Set(coverage.failures.map(({ gpuType }: Row) => gpuType.id))).toEqual(new Set(['NVIDIA L4']));
    },
  );

  it('requests a new answer for pods of one GPU to check a missing GPU type, if the last such answer is minutes old', async () => {
    await using rest = await startFakeRest();
    const gateway = connect(rest);
    await gateway.ask(MATRIX);
    gateway.passSeconds(400);
    rest.fail(() => withoutL4);
    const { coverage } = (await gateway.ask(MATRIX, { gpuCount: 2 })).data.gpuAvailability;
    expect(coverage).toMatchObject({ failed: 39 });
    expect(rest.seen.map(({ parameters }) => parameters['count'])).toEqual(['1', undefined, '2', '1']);
  });

  it('falls back to the last answer for pods of one GPU when a new answer cannot be read', async () => {
    await using rest = await startFakeRest();
    const gateway = connect(rest);
    await gateway.ask(MATRIX);
    gateway.passSeconds(400);
    rest.fail(({ parameters }) => (parameters['count'] === '2' ? withoutL4 : answerWith(503, '')));
    expect((await gateway.ask(MATRIX, { gpuCount: 2 })).data.gpuAvailability.coverage).toMatchObject({
      complete: true,
    });
  });

  it('no longer falls back to an answer for pods of one GPU that is more than an hour old', async () => {
    await using rest = await startFakeRest();
    const gateway = connect(rest);
    await gateway.ask(MATRIX);
    gateway.passSeconds(3601);
    rest.fail(({ parameters }) => (parameters['count'] === '2' ? withoutL4 : answerWith(503, '')));
    const { coverage } = (await gateway.ask(MATRIX, { gpuCount: 2 })).data.gpuAvailability;
    expect(coverage).toMatchObject({ failed: 39 });
  });

  it('rejects a list of more than 5,000 GPU types', async () => {
    await using rest = await startFakeRest();
    const rowsOf = (length: number) => Array.from({ length }, (_, index) => ({ id: `id ${index}`, name: 'x' }));
    for (const length of [5000, 5001]) {
      rest.fail(({ path }) =>
        path.endsWith('gpus') ? answerWith(200, JSON.stringify({ gpus: rowsOf(length) })) : undefined,
      );
      const { data } = await connect(rest).ask('{ gpuTypes { id } }');
      expect(data.gpuTypes?.length).toBe(length === 5000 ? 5000 : undefined);
    }
  });

  it('reports as failed only the cells of a GPU type that is missing from every answer', async () => {
    await using rest = await startFakeRest();
    const gateway = connect(rest);
    await gateway.ask('{ gpuTypes { id } dataCenters { id } }');
    rest.fail(() => withoutL4);
    gateway.passSeconds(400);
    for (const gpuCount of [1, 2]) {
      const { coverage } = (await gateway.ask(MATRIX, { gpuCount })).data.gpuAvailability;
      expect(coverage).toMatchObject({ failed: 39 });
      expect(new Set(coverage.failures.map(({ gpuType }: Row) => gpuType.id))).toEqual(new Set(['NVIDIA L4']));
    }
  });

  it.each([
    ['hasNextPage', { hasNextPage: true }],
    ['nextCursor', { nextCursor: 'c2' }],
  ])(
    'does not accept one page as the whole list, and reports the cells that the page does not contain as failed (%s)',
    async (_how, pagination) => {
      await using rest = await startFakeRest();
      const gateway = connect(rest);
      await gateway.ask('{ gpuTypes { id } dataCenters { id } }');
      const page: Fault = (response, good) => {
        const { gpus, dataCenters } = JSON.parse(good);
        answerWith(200, JSON.stringify({ gpus: gpus?.slice(0, 20), dataCenters, pagination }))(response, good);
      };
      rest.fail(() => page);
      const { coverage } = (await gateway.ask(MATRIX, { gpuCount: 2 })).data.gpuAvailability;
      expect(coverage).toMatchObject({ expected: 1599, failed: 21 * 39 });
      const cold = await connect(rest).ask('{ gpuTypes { id } }');
      expect(cold.errors).toMatchObject([{ extensions: { code: 'UPSTREAM_UNAVAILABLE' } }]);
    },
  );
});
