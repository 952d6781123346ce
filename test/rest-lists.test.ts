import { describe, expect, it } from 'vitest';
import { ClientLimitedError } from '../src/domain/errors.ts';
import { createAnsweringRest, type GpuRow, gpuRow } from './support/answering-rest.ts';
import { DEMAND } from './support/runpod-catalog.ts';

const readGpuTypes = async (...rows: readonly GpuRow[]) =>
  (await createAnsweringRest({ gpus: { 1: { gpus: rows } } }).catalog.gpuTypes(DEMAND)).rows;

const readDataCenters = async (dataCenters: readonly unknown[], gpus: readonly GpuRow[] = []) =>
  (await createAnsweringRest({ gpus: { 1: { gpus } }, dataCenters: { dataCenters } }).catalog.dataCenters(DEMAND)).rows;

describe('a GPU type of the REST API', () => {
  it('has the attributes that RunPod reports', async () => {
    const { catalog } = createAnsweringRest({
      gpus: {
        1: { gpus: [gpuRow('NVIDIA L4', { name: 'L4', community: true, price: { secure: 0.5, community: 0.4 } })] },
      },
    });
    expect(await catalog.gpuTypes(DEMAND)).toEqual({
      source: 'RUNPOD_REST',
      rows: [
        {
          id: 'NVIDIA L4',
          displayName: 'L4',
          manufacturer: 'NVIDIA',
          memoryGb: 24,
          maxGpuCount: 8,
          secureCloud: true,
          communityCloud: true,
          securePrice: 0.5,
          communityPrice: 0.4,
        },
      ],
    });
  });

  it('has only the attributes that can be read', async () => {
    const bad = { name: ' ', manufacturer: 7, memory: 1.5, secure: 'yes', community: null, price: 3, maxCount: [] };
    expect(await readGpuTypes(gpuRow('A', bad))).toEqual([
      {
        id: 'A',
        displayName: 'A',
        manufacturer: 'UNKNOWN',
        memoryGb: null,
        maxGpuCount: null,
        secureCloud: null,
        communityCloud: null,
        securePrice: null,
        communityPrice: null,
      },
    ]);
  });

  it('has no price in a cloud that does not offer it', async () => {
    const price = { secure: 0.5, community: 0.4 };
    const rows = await readGpuTypes(gpuRow('A', { price, secure: false }), gpuRow('B', { price, community: false }));
    expect(rows).toMatchObject([{ securePrice: null }, { securePrice: 0.5, communityPrice: null }]);
  });

  it.each([
    [{ secure: 8, community: 4 }, 8],
    [{ secure: 4, community: 8 }, 8],
    [{ secure: 0, community: 2 }, 2],
    [{ secure: 3, community: 0 }, 3],
    [{ secure: 0, community: 0 }, null],
  ])('has the largest pod size of both clouds: %j', async (maxCount, expected) => {
    expect(await readGpuTypes(gpuRow('A', { maxCount }))).toMatchObject([{ maxGpuCount: expected }]);
  });

  it.each([
    [2_147_483_647, 2_147_483_647],
    [2_147_483_648, null],
    [1, 1],
    [0, null],
    [-1, null],
  ])('has the memory that RunPod reports, if GraphQL can express it: %j', async (memory, expected) => {
    expect(await readGpuTypes(gpuRow('A', { memory }))).toMatchObject([{ memoryGb: expected }]);
  });

  it.each([
    ['NVIDIA L4', 'nvidia', 'NVIDIA'],
    ['L4', ' Nvidia ', 'NVIDIA'],
    ['NVIDIA L4', 'AMD', 'AMD'],
    ['NVIDIA L4', ' ', 'NVIDIA'],
    [' Tesla V100', null, 'NVIDIA'],
    ['AMD Instinct', null, 'AMD'],
    ['AMDINSTINCT', null, 'UNKNOWN'],
    ['NVIDIA L4', 'Another', 'UNKNOWN'],
  ])('with the id %j and the manufacturer %j is made by %s', async (id, manufacturer, expected) => {
    expect(await readGpuTypes(gpuRow(id, { manufacturer }))).toMatchObject([{ manufacturer: expected }]);
  });

  it('is left out if its row has no id, repeats an id, or stands for pods without a GPU', async () => {
    const rows = await readGpuTypes(gpuRow('A'), gpuRow('unknown'), null, gpuRow(' '), gpuRow('A', { name: 'again' }));
    expect(rows).toMatchObject([{ id: 'A', displayName: 'A' }]);
  });

  it('is not returned if the list continues on another page', async () => {
    const pages = [{ hasNextPage: true }, { nextCursor: 'c2' }];
    for (const pagination of pages) {
      const { catalog } = createAnsweringRest({ gpus: { 1: { gpus: [gpuRow('A')], pagination } } });
      await expect(catalog.gpuTypes(DEMAND)).rejects.toThrow(
        'RunPod did not answer Gpus as expected: the list is only one page of several',
      );
    }
    for (const pagination of [{ hasNextPage: false, nextCursor: 'c2' }, { nextCursor: '' }, {}, null, 'no']) {
      const { catalog } = createAnsweringRest({ gpus: { 1: { gpus: [gpuRow('A')], pagination } } });
      expect((await catalog.gpuTypes(DEMAND)).rows).toHaveLength(1);
    }
  });
});

describe('a data center of the REST API', () => {
  it('has the attributes that RunPod reports', async () => {
    const row = {
      id: 'EU-RO-1',
      name: 'Romania',
      region: 'EUROPE',
      globalNetwork: true,
      networkVolumeTypes: ['STANDARD'],
      compliance: ['GDPR', 7, 'SOC_2'],
    };
    const { catalog, sent } = createAnsweringRest({
      dataCenters: { dataCenters: [row, { id: 'EU-SE-1', name: ' ', networkVolumeTypes: [] }] },
    });
    const unknown = { location: null, listed: null };
    expect(await catalog.dataCenters(DEMAND)).toEqual({
      source: 'RUNPOD_REST',
      rows: [
        {
          ...unknown,
          id: 'EU-RO-1',
          name: 'Romania',
          region: 'EUROPE',
          countryCode: 'RO',
          networkVolume: true,
          globalNetwork: true,
          compliance: ['GDPR', 'SOC_2'],
        },
        {
          ...unknown,
          id: 'EU-SE-1',
          name: 'EU-SE-1',
          region: 'EUROPE',
          countryCode: 'SE',
          networkVolume: false,
          globalNetwork: null,
          compliance: null,
        },
      ],
    });
    expect(sent).toContainEqual({ operation: 'DataCenters', path: 'catalog/datacenters', parameters: {} });
  });

  it.each([
    ['EU-RO-1', null, 'EUROPE', 'RO'],
    ['EU-RO-1', ' europe ', 'EUROPE', 'RO'],
    ['EU-RO-1', 'ASIA', 'ASIA', null],
    ['EU-RO-1', 'ATLANTIS', 'EUROPE', 'RO'],
    ['EU-RO-1', 'UNKNOWN', 'EUROPE', 'RO'],
    ['X', 'Oceania', 'OCEANIA', null],
  ])('with the id %s and the region %j is in %s', async (id, word, region, countryCode) => {
    expect(await readDataCenters([{ id, region: word }])).toMatchObject([{ region, countryCode }]);
  });

  it('is added if only the list of GPU types names it, with the name in that list', async () => {
    const dataCenters = [{ id: 'EU-RO-1', name: 'ignored' }, { id: 'EU-SE-1', name: 'Sweden' }, { id: 'US-TX-3' }];
    const gpus = [
      gpuRow('A', { dataCenters: 'all' }),
      gpuRow('B', { dataCenters }),
      gpuRow('C', { dataCenters: null }),
    ];
    const rows = await readDataCenters([{ id: 'EU-RO-1', name: 'Romania' }], gpus);
    expect(rows.map(({ id, name }) => [id, name])).toEqual([
      ['EU-RO-1', 'Romania'],
      ['EU-SE-1', 'Sweden'],
      ['US-TX-3', 'US-TX-3'],
    ]);
    expect(rows[1]).toEqual({
      id: 'EU-SE-1',
      name: 'Sweden',
      region: 'EUROPE',
      countryCode: 'SE',
      location: null,
      listed: null,
      networkVolume: null,
      globalNetwork: null,
      compliance: null,
    });
  });

  it.each([
    ['is empty', { dataCenters: [] }, 'an empty list'],
    ['has only rows without an id', { dataCenters: [{ id: ' ' }, null] }, 'an empty list'],
    [
      'continues on another page',
      { dataCenters: [{ id: 'X' }], pagination: { nextCursor: 'c2' } },
      'the list is only one page of several',
    ],
    ['has another form', { dataCenters: {} }, 'not a list'],
  ])('is not returned if the list %s', async (_what, dataCenters, reason) => {
    const { catalog } = createAnsweringRest({ gpus: { 1: { gpus: [gpuRow('A')] } }, dataCenters });
    await expect(catalog.dataCenters(DEMAND)).rejects.toThrow(
      `RunPod did not answer DataCenters as expected: ${reason}`,
    );
  });

  it('is not returned if the budget of the client does not suffice for the list of GPU types', async () => {
    const limited = new ClientLimitedError(60, 1000);
    const { catalog } = createAnsweringRest({ gpus: { 1: limited }, dataCenters: { dataCenters: [{ id: 'X' }] } });
    await expect(catalog.dataCenters(DEMAND)).rejects.toBe(limited);
  });
});
