import { describe, expect, it } from 'vitest';
import { answerWith, startFakeRunPod } from './support/fake-runpod.ts';
import { createGateway } from './support/gateway.ts';

const GPU_TYPE_ID = 'A "GPU" {id}\\ $x';
const IDS = ['EU-RO-1', 'eu-ro-1', 'EU RO 1', 'dc"} }', '__proto__', 'constructor'];
const QUERY = `{ gpuAvailability(filter: { includeUnavailable: true }) {
  nodes { dataCenter { id } stock available onDemandPrice { perGpu } }
  coverage { expected observed failures { code dataCenter { id } } } } }`;
const LOW = { stockStatus: 'Low', uninterruptablePrice: 1.25, minimumBidPrice: null, availableGpuCounts: [1] };

/**
 * Queries a gateway and returns the report. RunPod has one GPU type and the data centers `IDS`, and answers price requests with the result
 * of `pricesOf`.
 */
async function ask(pricesOf: (ids: readonly string[]) => unknown) {
  await using runPod = await startFakeRunPod(({ operationName, variables }) => {
    const lists: Record<string, unknown> = {
      GpuTypes: { data: { gpuTypes: [{ id: GPU_TYPE_ID }, { id: '' }, { id: 'unknown' }, null] } },
      DataCenters: { data: { dataCenters: IDS.map((id) => ({ id })) } },
    };
    const ids = IDS.map((_, index) => String(variables?.[`dc_${index}`]));
    return answerWith(200, JSON.stringify(lists[operationName] ?? pricesOf(ids)));
  });
  const gateway = createGateway({ UPSTREAM: 'graphql', RUNPOD_GRAPHQL_URL: runPod.url });
  const { data } = await gateway.ask(QUERY);
  return data.gpuAvailability;
}

/** Returns a good answer of RunPod about the GPU type. There is stock only in the data center `id`. */
const stockedIn = (ids: readonly string[], id: string) => ({
  id: GPU_TYPE_ID,
  ...Object.fromEntries(ids.map((other, index) => [`dc_${index}`, other === id ? LOW : null])),
});

describe('a gateway that receives good and wrong answers from RunPod', () => {
  it.each(IDS)('shows the stock of the data center %j only for that data center', async (id) => {
    const { nodes, coverage } = await ask((ids) => ({ data: { gpuTypes: [stockedIn(ids, id)] } }));
    expect(coverage).toMatchObject({ expected: IDS.length, observed: IDS.length });
    const stocked = nodes.filter((row: { stock: string }) => row.stock === 'LOW');
    expect(stocked).toEqual([{ dataCenter: { id }, stock: 'LOW', available: true, onDemandPrice: { perGpu: 1.25 } }]);
  });

  it('reports only the cell whose alias is in the path of an error as failed', async () => {
    const { nodes, coverage } = await ask((ids) => ({
      data: { gpuTypes: [stockedIn(ids, 'EU RO 1')] },
      errors: [{ message: 'no', path: ['gpuTypes', 0, `dc_${ids.indexOf('eu-ro-1')}`] }],
    }));
    expect(coverage).toEqual({
      expected: IDS.length,
      observed: IDS.length - 1,
      failures: [{ code: 'BAD_RESPONSE', dataCenter: { id: 'eu-ro-1' } }],
    });
    const unknown = nodes.filter((row: { stock: string }) => row.stock === 'UNKNOWN');
    expect(unknown).toEqual([
      { dataCenter: { id: 'eu-ro-1' }, stock: 'UNKNOWN', available: null, onDemandPrice: null },
    ]);
  });

  it.each([
    ['an error without a path', { data: null, errors: [{ message: 'something went wrong' }] }],
    ['errors that are a string', { errors: 'no' }],
    ['no data', {}],
    ['an empty list', { data: { gpuTypes: [] } }],
    ['only another GPU type', { data: { gpuTypes: [{ id: 'another' }] } }],
    ['a string', 'no'],
    ['null', null],
  ])('reports every cell as failed after %s', async (_what, answer) => {
    const { nodes, coverage } = await ask(() => answer);
    expect(coverage).toEqual({
      expected: IDS.length,
      observed: 0,
      failures: [{ code: 'BAD_RESPONSE', dataCenter: null }],
    });
    expect(nodes.map((row: { stock: string }) => row.stock)).toEqual(IDS.map(() => 'UNKNOWN'));
  });

  it('rejects a list of more than 5,000 data centers', async () => {
    const readList = async (length: number) => {
      const rows = Array.from({ length }, (_, index) => ({ id: `dc ${index}` }));
      await using runPod = await startFakeRunPod(({ operationName }) =>
        answerWith(
          200,
          JSON.stringify({ data: operationName === 'DataCenters' ? { dataCenters: rows } : { gpuTypes: [] } }),
        ),
      );
      const gateway = createGateway({ UPSTREAM: 'graphql', RUNPOD_GRAPHQL_URL: runPod.url, UPSTREAM_RETRIES: '0' });
      const { data } = await gateway.ask('{ dataCenters { id } }');
      return data.dataCenters?.length ?? null;
    };
    expect([await readList(5000), await readList(5001)]).toEqual([5000, null]);
  });

  it('rejects an answer with more than 1,000 errors', async () => {
    const error = { message: 'no', path: ['gpuTypes', 0, 'dc_0'] };
    const observedWith = async (length: number) => {
      const answer = (ids: readonly string[]) => ({
        data: { gpuTypes: [stockedIn(ids, 'EU RO 1')] },
        errors: Array.from({ length }, () => error),
      });
      return (await ask(answer)).coverage.observed;
    };
    expect([await observedWith(1000), await observedWith(1001)]).toEqual([IDS.length - 1, 0]);
  });

  it('reports only the cells that are missing from an answer as failed', async () => {
    const { coverage } = await ask(() => ({ data: { gpuTypes: [{ id: GPU_TYPE_ID, dc_0: LOW }] } }));
    expect(coverage).toMatchObject({ observed: 1 });
    expect(coverage.failures).toHaveLength(IDS.length - 1);
  });
});
