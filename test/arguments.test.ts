import { describe, expect, it } from 'vitest';
import { createReports, FIELDS, hasStock, type Row } from './support/reports.ts';

const { read, report } = createReports();

const matrix = (await report('', 'includeUnavailable: true')).nodes;

describe('first', () => {
  it('keeps the first rows in the requested order, and totalCount counts all rows', async () => {
    const all = await report('orderBy: { field: PRICE, direction: DESC }');
    const some = await report('orderBy: { field: PRICE, direction: DESC }, first: 5');
    expect(some.nodes).toEqual(all.nodes.slice(0, 5));
    expect(some).toMatchObject({ totalCount: all.nodes.length, coverage: all.coverage });
  });

  it('keeps all rows if it is greater than the number of rows', async () => {
    const all = await report('');
    expect(await report('first: 10000')).toEqual(all);
    expect(await report(`first: ${all.totalCount}`)).toEqual(all);
  });
});

describe('a GPU type', () => {
  it.each(['RTX A6000', 'rtx a6000', ' RTX a6000 ', 'NVIDIA RTX A6000', 'nvidia rtx a6000'])(
    'is found by %j',
    async (name) => {
      const { nodes } = await report(`gpuType: ${JSON.stringify(name)}`);
      expect(nodes.length).toBeGreaterThan(0);
      expect(nodes).toEqual(matrix.filter((row) => hasStock(row) && row.gpuType.id === 'NVIDIA RTX A6000'));
    },
  );

  it('has only its own rows, as gpuAvailability returns them', async () => {
    const { gpuTypes } = await read(`{ gpuTypes { id availability { ${FIELDS} } } }`);
    for (const { id, availability } of gpuTypes) {
      expect(availability.nodes).toEqual(matrix.filter((row) => hasStock(row) && row.gpuType.id === id));
      expect(availability).toMatchObject({ totalCount: availability.nodes.length, coverage: { expected: 39 } });
    }
  });

  it('accepts the arguments of gpuAvailability', async () => {
    const args =
      'region: EUROPE, gpuCount: 2, filter: { countryCodes: ["RO", "CZ", "US"] }, orderBy: { field: DATA_CENTER, direction: DESC }, first: 2';
    const { gpuType, gpuAvailability } = await read(`{
      gpuType(id: "NVIDIA GeForce RTX 4090") { availability(${args}) { ${FIELDS} } }
      gpuAvailability(gpuType: "RTX 4090", ${args}) { ${FIELDS} }
    }`);
    expect(gpuAvailability.nodes.length).toBeGreaterThan(0);
    expect(gpuType.availability).toEqual(gpuAvailability);
  });

  it('has no rows for a condition on another GPU type', async () => {
    const { gpuType } = await read(`{ gpuType(id: "NVIDIA L4") {
      availability(filter: { gpuTypeIds: ["NVIDIA B200"], includeUnavailable: true }) { totalCount } } }`);
    expect(gpuType.availability.totalCount).toBe(0);
  });
});

describe('a data center', () => {
  it('has only its own rows, as gpuAvailability returns them', async () => {
    const { dataCenters } = await read(`{ dataCenters { id availability { ${FIELDS} } } }`);
    for (const { id, availability } of dataCenters) {
      expect(availability.nodes).toEqual(matrix.filter((row) => hasStock(row) && row.dataCenter.id === id));
      expect(availability).toMatchObject({ totalCount: availability.nodes.length, coverage: { expected: 41 } });
    }
  });

  it('accepts the arguments of gpuAvailability', async () => {
    const args = (more: string) =>
      `gpuType: "rtx 4090", gpuCount: 2, orderBy: { field: PRICE }, first: 1, filter: { manufacturer: NVIDIA, includeUnavailable: true ${more} }`;
    const { dataCenter, gpuAvailability } = await read(`{
      dataCenter(id: "EU-RO-1") { availability(${args('')}) { ${FIELDS} } }
      gpuAvailability(${args('dataCenterIds: ["EU-RO-1"]')}) { ${FIELDS} }
    }`);
    expect(gpuAvailability.totalCount).toBe(1);
    expect(dataCenter.availability).toEqual(gpuAvailability);
  });

  it('has no rows for a condition on another data center', async () => {
    const { dataCenter } = await read(`{ dataCenter(id: "EU-RO-1") {
      availability(filter: { dataCenterIds: ["EU-CZ-1"], includeUnavailable: true }) { totalCount } } }`);
    expect(dataCenter.availability.totalCount).toBe(0);
  });
});

describe('a list', () => {
  const text = (values: readonly string[]) => values.toSorted((a, b) => (a < b ? -1 : 1));

  it.each([
    ['manufacturer: AMD', (type: Row['gpuType']) => type.manufacturer === 'AMD'],
    ['minMemoryGb: 80', (type: Row['gpuType']) => type.memoryGb >= 80],
    [
      'manufacturer: NVIDIA, minMemoryGb: 141',
      ({ manufacturer, memoryGb }) => manufacturer === 'NVIDIA' && memoryGb >= 141,
    ],
  ] satisfies [string, (type: Row['gpuType']) => boolean][])(
    'of GPU types keeps those that meet %s',
    async (args, holds) => {
      const fields = '{ id displayName manufacturer memoryGb }';
      const { all, some } = await read(`{ all: gpuTypes ${fields} some: gpuTypes(${args}) ${fields} }`);
      expect(some.length).toBeGreaterThan(0);
      expect(some.length).toBeLessThan(all.length);
      expect(some).toEqual(all.filter(holds));
    },
  );

  it('of data centers keeps those in a region', async () => {
    const { all, some } = await read(
      '{ all: dataCenters { id region } some: dataCenters(region: EUROPE) { id region } }',
    );
    expect(some.length).toBeGreaterThan(0);
    expect(some.length).toBeLessThan(all.length);
    expect(some).toEqual(all.filter(({ region }: Row['dataCenter']) => region === 'EUROPE'));
  });

  it('of GPU types is ordered by display name, and a list of data centers is ordered by id', async () => {
    const { gpuTypes, dataCenters } = await read('{ gpuTypes { displayName } dataCenters { id } }');
    const names = gpuTypes.map((type: Row['gpuType']) => type.displayName);
    const ids = dataCenters.map((dataCenter: Row['dataCenter']) => dataCenter.id);
    expect(names).toEqual(text(names));
    expect(ids).toEqual(text(ids));
  });
});
