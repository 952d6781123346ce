import { Kind, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { parseAnswer } from '../src/upstream/runpod-graphql/answer.ts';
import { createRunPodCatalog } from '../src/upstream/runpod-graphql/catalog.ts';
import type { Operation } from '../src/upstream/runpod-graphql/client.ts';
import { dataCenterOf, gpuTypeOf } from './support/list-rows.ts';
import { DEMAND } from './support/runpod-catalog.ts';

const ASKED = { askedAt: 7, observedAt: '2025-11-14T00:00:00.000Z' };
const CENTERS = ['EU-RO-1', 'EU-SE-1'].map(dataCenterOf);
const LOW = { stockStatus: 'Low', uninterruptablePrice: 0.5, minimumBidPrice: 0.25, availableGpuCounts: [1] };
const NOTHING = { stockStatus: null, uninterruptablePrice: null, minimumBidPrice: null, availableGpuCounts: null };

/** Creates a catalog that gets the body `body` for every operation. */
function createCatalog(body: unknown) {
  const sent: { readonly operation: Operation; readonly subject: string; readonly complete: boolean }[] = [];
  const unknownWords: string[] = [];
  const notes = { pricedWithoutStock: 0 };
  const catalog = createRunPodCatalog({
    async send({ operation, subject, read }) {
      const { value, complete } = read(parseAnswer(operation.operationName, JSON.stringify(body)), ASKED);
      sent.push({ operation, subject, complete });
      return value;
    },
    source: 'RUNPOD_GRAPHQL',
    status: () => ({ source: 'RUNPOD_GRAPHQL', health: 'UP', lastSuccessAt: null, recordedAt: null, sources: [] }),
    onUnknownStock: (word) => unknownWords.push(word),
    onPricedWithoutStock: () => {
      notes.pricedWithoutStock += 1;
    },
  });
  const observe = (gpuCount = 1, dataCenters = CENTERS) =>
    catalog.observe({ gpuType: gpuTypeOf({ id: 'L4' }), gpuTypes: [], gpuCount, dataCenters }, DEMAND);
  return { catalog, observe, sent, unknownWords, notes };
}

/** Creates a catalog whose answers are about the GPU type L4. `cells` are its cells by alias. */
const createWithCells = (cells: Readonly<Record<string, unknown>>, errors?: readonly unknown[]) =>
  createCatalog({ data: { gpuTypes: [{ id: 'L4', ...cells }] }, errors });

/** Returns the message of each cell's failure, or the stock level. */
const readCells = async ({ observe }: ReturnType<typeof createCatalog>) =>
  (await observe()).flatMap(({ cells }) =>
    cells.map((cell) => (cell.failure === null ? cell.stock : cell.failure.message)),
  );

const CELL_ERROR = 'RunPod answered with an error for this data center';
const CELL_SHAPE = 'RunPod left this data center out of its answer, or sent it in an unknown format';

describe('an observation from the GraphQL API', () => {
  it('covers one GPU type and pod size, and has a cell for each data center', async () => {
    const { catalog, observe, sent } = createWithCells({ dc_0: { ...LOW, uninterruptablePrice: 1 }, dc_1: null });
    const at = { ...ASKED, source: 'RUNPOD_GRAPHQL', stale: false, spotAskedAt: 7, spotObservedAt: ASKED.observedAt };
    expect(await observe(2)).toEqual([
      {
        ...ASKED,
        gpuTypeId: 'L4',
        gpuCount: 2,
        cells: [
          {
            ...at,
            dataCenterId: 'EU-RO-1',
            failure: null,
            available: true,
            stock: 'LOW',
            onDemandPrice: { perGpu: 0.5, perPod: 1 },
            spotPrice: { perGpu: 0.125, perPod: 0.25 },
            availableGpuCounts: [1],
          },
          {
            ...at,
            dataCenterId: 'EU-SE-1',
            failure: null,
            available: false,
            stock: 'NONE',
            onDemandPrice: null,
            spotPrice: null,
            availableGpuCounts: null,
          },
        ],
      },
    ]);
    expect(sent).toMatchObject([
      {
        subject: 'LowestPrices 2 L4',
        complete: true,
        operation: {
          operationName: 'LowestPrices',
          variables: { gpuTypeId: 'L4', gpuCount: 2, dc_0: 'EU-RO-1', dc_1: 'EU-SE-1' },
        },
      },
    ]);
    const key = { gpuType: gpuTypeOf({ id: 'L4' }), gpuCount: 2 };
    expect([catalog.batchOf(key), catalog.costOf(key)]).toEqual(['2 L4', ['2 L4']]);
    expect([catalog.listCost, catalog.supplementOf(key)]).toEqual([1, null]);
  });

  it('is requested with an operation that has a variable and a field for each data center', async () => {
    const { observe, sent } = createWithCells({ dc_0: null, dc_1: null, dc_2: null });
    const three = ['A', 'B', 'C'].map(dataCenterOf);
    for (const dataCenters of [CENTERS, three, CENTERS]) await observe(1, dataCenters);
    const [first, second, third] = sent.map(({ operation }) => operation);
    const [definition] = parse(second?.query ?? '').definitions;
    const names = definition?.kind === Kind.OPERATION_DEFINITION ? definition.variableDefinitions : [];
    expect(names?.map(({ variable }) => variable.name.value)).toEqual([
      'gpuTypeId',
      'gpuCount',
      'dc_0',
      'dc_1',
      'dc_2',
    ]);
    expect(second?.variables).toEqual({ gpuTypeId: 'L4', gpuCount: 1, dc_0: 'A', dc_1: 'B', dc_2: 'C' });
    expect(third).toEqual(first);
  });

  it('has a failed cell for each error that is about one cell, and for each cell that is missing or malformed', async () => {
    const error = { message: 'no', path: ['gpuTypes', 0, 'dc_1', 'stockStatus'] };
    const broken = createWithCells({ dc_0: { ...LOW, stockStatus: 7 }, dc_1: null }, [error]);
    expect(await readCells(broken)).toEqual([CELL_SHAPE, CELL_ERROR]);
    expect(broken.sent).toMatchObject([{ complete: false }]);
    expect(await readCells(createWithCells({ dc_1: LOW }))).toEqual([CELL_SHAPE, 'LOW']);
    const [observation] = await createWithCells({}, [error]).observe();
    expect(observation?.cells.map(({ failure }) => failure?.code)).toEqual(['BAD_RESPONSE', 'BAD_RESPONSE']);
  });

  it.each([
    ['has no path', undefined],
    ['has a null path', null],
    ['is about another field', ['dataCenters', 0, 'dc_0']],
    ['is about another GPU type', ['gpuTypes', 1, 'dc_0']],
    ['is about the GPU type', ['gpuTypes', 0]],
    ['is about the id of the GPU type', ['gpuTypes', 0, 'id']],
    ['is about an alias that only begins like a cell', ['gpuTypes', 0, 'dc_0x']],
    ['is about an alias that only ends like a cell', ['gpuTypes', 0, 'xdc_0']],
    ['is about an alias without a number', ['gpuTypes', 0, 'dc_x']],
  ])('is rejected if an error %s', async (_what, path) => {
    const about = { message: 'no', path: ['gpuTypes', 0, 'dc_0'] };
    const { observe } = createWithCells({ dc_0: LOW, dc_1: LOW }, [about, { message: 'no', path }]);
    await expect(observe()).rejects.toMatchObject({
      message: 'RunPod did not answer LowestPrices as expected: GraphQL errors',
      cause: [about, { message: 'no', path: path ?? [] }],
    });
  });

  it('has a failed cell for an error about an alias with two digits, such as dc_10', async () => {
    const dataCenters = Array.from({ length: 11 }, (_, index) => dataCenterOf(`center ${index}`));
    const cells = Object.fromEntries(dataCenters.map((_, index) => [`dc_${index}`, index === 10 ? null : LOW]));
    const { observe } = createWithCells(cells, [{ message: 'no', path: ['gpuTypes', 0, 'dc_10'] }]);
    const [observation] = await observe(1, dataCenters);
    expect(observation?.cells.flatMap(({ failure }, index) => (failure === null ? [] : [index]))).toEqual([10]);
  });

  it.each([
    ['has no list', { gpuTypes: null }, 'not a list'],
    ['is null', null, 'not a list'],
    ['is about no GPU type', { gpuTypes: [] }, 'the answer is not about the requested GPU type alone'],
    [
      'is about another GPU type',
      { gpuTypes: [{ id: 'H100' }] },
      'the answer is not about the requested GPU type alone',
    ],
    [
      'is also about another GPU type',
      { gpuTypes: [{ id: 'L4', dc_0: LOW, dc_1: LOW }, { id: 'H100' }] },
      'the answer is not about the requested GPU type alone',
    ],
    ['contains null', { gpuTypes: [null] }, 'the answer is not about the requested GPU type alone'],
  ])('is rejected if the answer %s', async (_what, data, reason) => {
    await expect(createCatalog({ data }).observe()).rejects.toThrow(
      `RunPod did not answer LowestPrices as expected: ${reason}`,
    );
  });

  it('passes on unknown stock words, and prices without stock, once for each cell', async () => {
    const cells = { dc_0: { ...LOW, stockStatus: 'plenty' }, dc_1: { ...NOTHING, uninterruptablePrice: 0.43 } };
    const { observe, unknownWords, notes } = createWithCells(cells);
    await observe();
    expect([unknownWords, notes.pricedWithoutStock]).toEqual([['plenty'], 1]);
    const usual = createWithCells({ dc_0: LOW, dc_1: NOTHING });
    await usual.observe();
    expect([usual.unknownWords, usual.notes.pricedWithoutStock]).toEqual([[], 0]);
  });
});

describe('a list of the GraphQL API', () => {
  const gpuTypesOf = (data: unknown, errors?: unknown) => {
    const { catalog, sent } = createCatalog({ data, errors });
    return { rows: catalog.gpuTypes(DEMAND), sent };
  };

  it('is requested by an operation whose name is also the subject of the request', async () => {
    const { catalog, sent } = createCatalog({ data: { gpuTypes: [{ id: 'L4' }], dataCenters: [{ id: 'EU-RO-1' }] } });
    expect(await catalog.gpuTypes(DEMAND)).toMatchObject({ source: 'RUNPOD_GRAPHQL', rows: [{ id: 'L4' }] });
    expect(await catalog.dataCenters(DEMAND)).toMatchObject({ source: 'RUNPOD_GRAPHQL', rows: [{ id: 'EU-RO-1' }] });
    expect(sent).toMatchObject(
      ['GpuTypes', 'DataCenters'].map((operationName) => ({
        subject: operationName,
        complete: true,
        operation: { operationName },
      })),
    );
  });

  it('has the attributes of a GPU type that RunPod reports', async () => {
    const row = {
      id: 'NVIDIA L4',
      displayName: 'L4',
      manufacturer: 'Nvidia',
      memoryInGb: 24,
      maxGpuCount: 8,
      secureCloud: true,
      communityCloud: true,
      securePrice: 0.43,
      communityPrice: 0.3,
    };
    const { memoryInGb: memoryGb, ...same } = row;
    const onlyId = { id: 'A', secureCloud: false, communityCloud: 'no', securePrice: 0.43, communityPrice: 0.3 };
    const unknown = { securePrice: null, communityPrice: null, memoryGb: null, maxGpuCount: null };
    expect((await gpuTypesOf({ gpuTypes: [row, onlyId] }).rows).rows).toEqual([
      { ...same, memoryGb, manufacturer: 'NVIDIA' },
      {
        ...unknown,
        id: 'A',
        displayName: 'A',
        manufacturer: 'UNKNOWN',
        secureCloud: false,
        communityCloud: null,
      },
    ]);
  });

  it('is read in spite of errors about single attributes, other than the id', async () => {
    const row = { id: 'L4', displayName: ' ', manufacturer: null };
    const errors = [{ message: 'no', path: ['gpuTypes', 0, 'displayName'] }];
    expect(await gpuTypesOf({ gpuTypes: [row] }, errors).rows).toMatchObject({
      rows: [{ id: 'L4', displayName: 'L4', manufacturer: 'UNKNOWN' }],
    });
  });

  it.each<[string, unknown, readonly { readonly message: string; readonly path?: readonly unknown[] }[]]>([
    ['an error about an id', { gpuTypes: [{ id: 'L4' }, {}] }, [{ message: 'no', path: ['gpuTypes', 1, 'id'] }]],
    ['an error about a row', { gpuTypes: [{ id: 'L4' }, null] }, [{ message: 'no', path: ['gpuTypes', 1] }]],
    ['an error without a path', { gpuTypes: [{ id: 'L4' }] }, [{ message: 'no' }]],
  ])('is rejected after %s', async (_what, data, errors) => {
    await expect(gpuTypesOf(data, errors).rows).rejects.toMatchObject({
      message: 'RunPod did not answer GpuTypes as expected: GraphQL errors',
      cause: [{ path: errors[0]?.path ?? [] }],
    });
  });

  it('is rejected with a cause that contains only the errors that led to the rejection', async () => {
    const fatal = { message: 'no row', path: ['gpuTypes', 1] };
    const errors = [{ message: 'no name', path: ['gpuTypes', 0, 'displayName'] }, fatal];
    await expect(gpuTypesOf({ gpuTypes: [{ id: 'L4' }, null] }, errors).rows).rejects.toMatchObject({ cause: [fatal] });
  });

  it.each([
    ['is empty', { gpuTypes: [] }, 'an empty list'],
    ['has no GPU type', { gpuTypes: [{ id: 'unknown' }] }, 'an empty list'],
    ['has another form', { gpuTypes: 7 }, 'not a list'],
  ])('is rejected if it %s', async (_what, data, reason) => {
    await expect(gpuTypesOf(data).rows).rejects.toThrow(`RunPod did not answer GpuTypes as expected: ${reason}`);
  });

  it('has the name and location that RunPod reports for a data center, and no blank ones', async () => {
    const dataCenters = [
      { id: 'EU-RO-1', name: 'Romania', location: 'Europe', compliance: ['GDPR', null, 7] },
      { id: 'CA-MTL-3', name: ' ', location: ' ', compliance: 'GDPR' },
    ];
    expect((await createCatalog({ data: { dataCenters } }).catalog.dataCenters(DEMAND)).rows).toMatchObject([
      { name: 'Romania', location: 'Europe', region: 'EUROPE', countryCode: 'RO', compliance: ['GDPR'] },
      { name: 'CA-MTL-3', location: null, region: 'NORTH_AMERICA', countryCode: 'CA', compliance: null },
    ]);
  });
});

describe('a response of the GraphQL API', () => {
  it.each([
    ['is no object', '7', 'the body is not a GraphQL answer'],
    ['has neither data nor errors', '{"message":"no"}', 'the body is not a GraphQL answer'],
    ['has an empty list of errors, and no data', '{"errors":[]}', 'the body is not a GraphQL answer'],
    ['has errors that are a text', '{"errors":"no"}', 'the body is not a GraphQL answer'],
    ['has an error with a path that is a text', '{"errors":[{"path":"a"}]}', 'the body is not a GraphQL answer'],
    ['is not JSON', '<html>', 'the body is not JSON'],
  ])('is rejected if it %s', (_what, body, reason) => {
    expect(() => parseAnswer('GpuTypes', body)).toThrow(`RunPod did not answer GpuTypes as expected: ${reason}`);
  });

  it('has no errors if RunPod sends none, and no data if RunPod sends only errors', () => {
    expect(parseAnswer('GpuTypes', '{"data":7}')).toEqual({ data: 7, errors: [] });
    expect(parseAnswer('GpuTypes', '{"data":7,"errors":null}')).toEqual({ data: 7, errors: [] });
    expect(parseAnswer('GpuTypes', '{"errors":[{"message":"no","path":["a",0]}]}')).toEqual({
      data: null,
      errors: [{ message: 'no', path: ['a', 0] }],
    });
  });

  it('has a text in place of a missing message', () => {
    expect(parseAnswer('GpuTypes', '{"errors":[{"message":7}]}').errors).toEqual([{ message: 'no message', path: [] }]);
  });
});
