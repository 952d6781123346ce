import { describe, expect, it } from 'vitest';
import { createAnsweringRest, type GpuRow, gpuRow } from './support/answering-rest.ts';
import { dataCenterOf, gpuTypeOf } from './support/list-rows.ts';

/** Returns the stock level or the message of the failure in each of the data centers, as the row of a GPU type reports it. */
async function readCells(row: GpuRow, dataCenterIds = ['EU-RO-1', 'EU-SE-1']) {
  const { observe } = createAnsweringRest({ gpus: { 1: { gpus: [row] } } });
  const [observation] = await observe(1, ['A'], dataCenterIds);
  return observation?.cells.map((cell) => (cell.failure === null ? cell.stock : cell.failure.message));
}

const NO_WORD = 'RunPod did not report the stock of this data center';
const NO_LIST = 'RunPod reports stock, but not in which data centers';
const UNREADABLE = 'RunPod sent an unreadable list of data centers';

describe('an observation from the REST API', () => {
  it('has a cell for each data center, without spot prices and pod sizes', async () => {
    const { observe, state, sent } = createAnsweringRest({ gpus: { 2: { gpus: [gpuRow('A')] } } });
    state.nowMs = 7;
    const asked = { askedAt: 7, observedAt: '1970-01-01T00:00:00.007Z' };
    const cell = {
      ...asked,
      failure: null,
      source: 'RUNPOD_REST',
      stale: false,
      spotPrice: null,
      availableGpuCounts: null,
      spotObservedAt: null,
      spotAskedAt: null,
    };
    const [offered, soldOut] = [
      { dataCenterId: 'EU-RO-1', available: true, stock: 'HIGH', onDemandPrice: { perGpu: 0.5, perPod: 1 } },
      { dataCenterId: 'EU-SE-1', available: false, stock: 'NONE', onDemandPrice: null },
    ];
    expect(await observe(2, ['A'], ['EU-RO-1', 'EU-SE-1'])).toEqual([
      {
        ...asked,
        gpuTypeId: 'A',
        gpuCount: 2,
        cells: [
          { ...cell, ...offered },
          { ...cell, ...soldOut },
        ],
      },
    ]);
    expect(sent).toEqual([
      {
        operation: 'Gpus',
        path: 'catalog/gpus',
        parameters: { include: 'AVAILABILITY', product: 'POD', cloud: 'SECURE', count: '2' },
      },
    ]);
  });

  it.each<[string, Readonly<Record<string, unknown>>, readonly string[]]>([
    ['names one data center', {}, ['HIGH', 'NONE']],
    ['is not offered by secure cloud', { secure: false }, ['NONE', 'NONE']],
    ['does not say whether secure cloud offers it', { secure: null }, ['HIGH', 'NONE']],
    ['has no word for a data center', { dataCenters: [{ id: 'EU-RO-1' }] }, [NO_WORD, 'NONE']],
    ['names data centers, although its own word is none', { availability: 'NONE' }, ['HIGH', 'NONE']],
    ['has an entry without an id', { dataCenters: [{ id: 'EU-RO-1', availability: 'LOW' }, {}] }, ['LOW', NO_WORD]],
    ['has an entry with a blank id', { dataCenters: [{ id: ' ', availability: 'LOW' }] }, [NO_WORD, NO_WORD]],
    ['has an entry that is null', { dataCenters: [{ id: 'EU-RO-1', availability: 'LOW' }, null] }, ['LOW', NO_WORD]],
    ['is sold out and has no list', { availability: 'NONE', dataCenters: undefined }, ['NONE', 'NONE']],
    ['is sold out and has an empty list', { availability: 'NONE', dataCenters: [] }, ['NONE', 'NONE']],
    ['is in stock but has no list', { dataCenters: null }, [NO_LIST, NO_LIST]],
    ['is in stock but has an empty list', { dataCenters: [] }, [NO_LIST, NO_LIST]],
    ['has neither a word nor a list', { availability: null, dataCenters: null }, [NO_WORD, NO_WORD]],
    ['has a list that is a text', { dataCenters: 'all' }, [UNREADABLE, UNREADABLE]],
    ['is sold out but has a list that is a text', { availability: 'NONE', dataCenters: 7 }, [UNREADABLE, UNREADABLE]],
  ])('has the right cells if the row of the GPU type %s', async (_what, row, expected) => {
    expect(await readCells(gpuRow('A', row))).toEqual(expected);
  });

  it.each<[boolean, string, unknown]>([
    [true, 'has the stock of every GPU type', { gpus: [gpuRow('A'), gpuRow('B', { secure: false })] }],
    [false, 'has a GPU type without stock', { gpus: [gpuRow('A'), gpuRow('B', { dataCenters: [] })] }],
    [
      false,
      'has a data center without a word',
      { gpus: [gpuRow('A', { dataCenters: [{ id: 'X' }, { id: 'Y', availability: 'LOW' }] })] },
    ],
    [
      false,
      'has an entry without an id',
      { gpus: [gpuRow('A', { dataCenters: [{ id: 'X', availability: 'LOW' }, {}] })] },
    ],
    [false, 'is one of several pages', { gpus: [gpuRow('A')], pagination: { hasNextPage: true } }],
  ])('comes from an answer that counts as complete (%s) if the answer %s', async (expected, _what, body) => {
    const { observe, complete } = createAnsweringRest({ gpus: { 2: body } });
    await observe(2, ['A']);
    expect(complete).toEqual([expected]);
  });

  it('reports a failed cell as a bad response', async () => {
    const { observe } = createAnsweringRest({ gpus: { 1: { gpus: [gpuRow('A', { dataCenters: [] })] } } });
    const [observation] = await observe(1, ['A']);
    expect(observation?.cells).toEqual([
      { dataCenterId: 'EU-RO-1', failure: { code: 'BAD_RESPONSE', message: NO_LIST } },
    ]);
  });

  it('has no price for a cell in stock if RunPod lists no price', async () => {
    const rows = [gpuRow('A', { price: { secure: 0 } }), gpuRow('B', { price: null })];
    const { observe } = createAnsweringRest({ gpus: { 1: { gpus: rows } } });
    const cells = (await observe(1, ['A', 'B'])).flatMap((observation) => observation.cells);
    expect(cells).toMatchObject([
      { available: true, onDemandPrice: null },
      { available: true, onDemandPrice: null },
    ]);
  });

  it('passes on each stock word that the gateway does not know', async () => {
    const rows = [
      gpuRow('A', {
        availability: 'plenty',
        dataCenters: [{ id: 'EU-RO-1', availability: 'some' }, { id: 'EU-SE-1' }],
      }),
      gpuRow('B', { availability: null, dataCenters: 'all' }),
      gpuRow('C', { dataCenters: undefined }),
    ];
    const { observe, unknownWords } = createAnsweringRest({ gpus: { 1: { gpus: rows } } });
    await observe(1, ['A']);
    expect(unknownWords).toEqual(['plenty', 'some']);
  });

  it.each([null, [], { gpus: null }, { gpus: {} }])('is rejected if the answer is %j', async (body) => {
    const { observe } = createAnsweringRest({ gpus: { 2: body } });
    await expect(observe(2, ['A'])).rejects.toMatchObject({
      message: 'RunPod did not answer Gpus as expected: not a list',
      cause: expect.any(Error),
    });
  });

  it('is rejected if the list for pods of one GPU is empty, but not if the list for a larger pod size is', async () => {
    const { observe } = createAnsweringRest({ gpus: { 1: { gpus: [] }, 8: { gpus: [] } } });
    await expect(observe(1, ['A'])).rejects.toThrow('RunPod did not answer Gpus as expected: an empty list');
    expect(await observe(8, ['A'])).toMatchObject([
      { cells: [{ failure: { code: 'BAD_RESPONSE', message: 'RunPod left this GPU type out of its answer' } }] },
    ]);
  });

  it('is rejected without a request if the lists of GPU types and data centers result in more than 100,000 cells', async () => {
    const rows = Array.from({ length: 101 }, (_, index) => gpuRow(`type ${index}`));
    const { observe, sent } = createAnsweringRest({ gpus: { 1: { gpus: rows } } });
    const idsOf = (length: number) => Array.from({ length }, (_, index) => `type ${index}`);
    await expect(observe(1, idsOf(101), idsOf(1000))).rejects.toThrow('its lists make 101000 cells, more than 100000');
    expect(sent).toEqual([]);
    expect(await observe(1, idsOf(100), idsOf(1000))).toHaveLength(100);
  });

  it('is loaded in one request for all GPU types; for pods of several GPUs, a request for pods of one GPU may follow', () => {
    const { catalog } = createAnsweringRest();
    const keyOf = (gpuCount: number) => ({ gpuType: gpuTypeOf({}), gpuCount, dataCenters: [dataCenterOf('EU-RO-1')] });
    expect([1, 2].map((gpuCount) => catalog.batchOf(keyOf(gpuCount)))).toEqual(['1', '2']);
    expect([1, 2].map((gpuCount) => catalog.costOf(keyOf(gpuCount)))).toEqual([['1'], ['2', '1']]);
    expect([catalog.listCost, catalog.supplementOf(keyOf(1))]).toEqual([1, null]);
  });
});
