import { describe, expect, it } from 'vitest';
import { unknownRow } from '../src/domain/row.ts';
import { gpuAvailability as rowResolvers } from '../src/graphql/resolvers/gpu-availability.ts';
import { startFakeRunPod } from './support/fake-runpod.ts';
import { connect, createGateway } from './support/gateway.ts';
import { dataCenterOf, gpuTypeOf } from './support/runpod-catalog.ts';

interface Row {
  readonly id: string;
  readonly gpuType: { id: string; displayName: string; manufacturer: string; memoryGb: number };
  readonly dataCenter: {
    id: string;
    region: string;
    countryCode: string;
    networkVolume: boolean | null;
    globalNetwork: boolean | null;
  };
  readonly available: boolean;
  readonly stock: string;
  readonly onDemandPrice: { readonly perGpu: number } | null;
}

const FIELDS = `totalCount coverage { expected } nodes { id
  gpuType { id displayName manufacturer memoryGb } dataCenter { id region countryCode networkVolume globalNetwork }
  gpuCount available stock onDemandPrice { perGpu perPod } spotPrice { perGpu perPod } availableGpuCounts }`;

const { ask } = createGateway();

/** Returns the data of a query. Fails if the response has errors. */
async function read(query: string) {
  const { data, errors } = await ask(query);
  expect(errors).toBeUndefined();
  return data;
}

/** Queries gpuAvailability. `args` (arguments) and `filter` (fields of the filter) are texts, as a client writes them in a query. */
async function report(args: string, filter = '') {
  const data = await read(`{ gpuAvailability(${args} filter: { ${filter} }) { ${FIELDS} } }`);
  return data.gpuAvailability as { totalCount: number; coverage: { expected: number }; nodes: Row[] };
}

const matrix = (await report('', 'includeUnavailable: true')).nodes;

/**
 * A condition on rows: the arguments and the filter fields that a query contains, and a function that returns whether a row meets the
 * condition.
 */
type Condition = readonly [args: string, filter: string, holds: (row: Row) => boolean];

/** Conditions on GPU types and data centers. They reduce `coverage.expected`, the number of observations in a complete report. */
const ON_SUBJECTS: readonly Condition[] = [
  ['region: ASIA', '', ({ dataCenter }) => dataCenter.region === 'ASIA'],
  ['gpuType: "L40S"', '', ({ gpuType }) => gpuType.id === 'NVIDIA L40S'],
  ['', 'dataCenterIds: ["US-KS-2", "EU-RO-1"]', ({ dataCenter }) => ['EU-RO-1', 'US-KS-2'].includes(dataCenter.id)],
  ['', 'countryCodes: ["IS", "CA"]', ({ dataCenter }) => ['CA', 'IS'].includes(dataCenter.countryCode)],
  ['', 'gpuTypeIds: ["NVIDIA L4", "NVIDIA B200"]', ({ gpuType }) => ['L4', 'B200'].includes(gpuType.displayName)],
  ['', 'manufacturer: AMD', ({ gpuType }) => gpuType.manufacturer === 'AMD'],
  ['', 'minMemoryGb: 80', ({ gpuType }) => gpuType.memoryGb >= 80],
  ['', 'networkVolume: true', ({ dataCenter }) => dataCenter.networkVolume === true],
  ['', 'dataCenterIds: ["us-ks-2", " Eu-Ro-1 "]', ({ dataCenter }) => ['EU-RO-1', 'US-KS-2'].includes(dataCenter.id)],
  ['', 'gpuTypeIds: ["nvidia l4", "NVIDIA B200"]', ({ gpuType }) => ['L4', 'B200'].includes(gpuType.displayName)],
  ['', 'regions: [ASIA, OCEANIA]', ({ dataCenter }) => ['ASIA', 'OCEANIA'].includes(dataCenter.region)],
  ['region: ASIA', 'regions: [ASIA, EUROPE]', ({ dataCenter }) => dataCenter.region === 'ASIA'],
  ['', 'globalNetwork: true', ({ dataCenter }) => dataCenter.globalNetwork === true],
  ['', 'nameContains: "rtx4090"', ({ gpuType }) => gpuType.displayName === 'RTX 4090'],
  ['', 'nameContains: "H-100"', ({ gpuType }) => gpuType.displayName.startsWith('H100')],
  ['', 'nameContains: "GeForce"', ({ gpuType }) => /GeForce/.test(gpuType.id)],
  [
    'region: EUROPE',
    'minMemoryGb: 48, networkVolume: true, manufacturer: NVIDIA',
    ({ gpuType: { manufacturer, memoryGb }, dataCenter: { region, networkVolume } }) =>
      region === 'EUROPE' && networkVolume === true && memoryGb >= 48 && manufacturer === 'NVIDIA',
  ],
];

/** Conditions on observed values. They do not change `coverage.expected`, the number of observations in a complete report. */
const ON_OBSERVED_VALUES: readonly Condition[] = [
  ['', 'minStock: LOW', ({ stock }) => ['LOW', 'MEDIUM', 'HIGH'].includes(stock)],
  ['', 'minStock: MEDIUM', ({ stock }) => ['MEDIUM', 'HIGH'].includes(stock)],
  ['', 'minStock: HIGH', ({ stock }) => stock === 'HIGH'],
  ['', 'maxPricePerGpuHour: 0.69', ({ onDemandPrice }) => onDemandPrice !== null && onDemandPrice.perGpu <= 0.69],
  [
    '',
    'minStock: MEDIUM, maxPricePerGpuHour: 0.69',
    ({ stock, onDemandPrice }) =>
      ['MEDIUM', 'HIGH'].includes(stock) && onDemandPrice !== null && onDemandPrice.perGpu <= 0.69,
  ],
];

/** Conditions that exclude no row. */
const ON_NOTHING: readonly Condition[] = [
  ['', '', () => true],
  ['region: null, gpuType: null, first: null', '', () => true],
  ['', 'dataCenterIds: null, countryCodes: null, gpuTypeIds: null, manufacturer: null', () => true],
  ['', 'minMemoryGb: null, maxPricePerGpuHour: null, minStock: null, networkVolume: null', () => true],
  ['', 'networkVolume: false, globalNetwork: false', () => true],
  ['', 'regions: null, globalNetwork: null, compliance: null, nameContains: null', () => true],
  ['', 'nameContains: " - "', () => true],
];

const hasStock = (row: Row) => row.available;

describe('a condition', () => {
  it.each([...ON_SUBJECTS, ...ON_OBSERVED_VALUES])(
    'with includeUnavailable keeps all rows that meet it, and no other row: %s %s',
    async (args, filter, holds) => {
      const wanted = matrix.filter(holds);
      expect(wanted.length).toBeGreaterThan(0);
      expect(wanted.length).toBeLessThan(matrix.length);
      const whole = await report(args, `${filter} includeUnavailable: true`);
      expect(whole.nodes).toEqual(wanted);
      expect(whole.totalCount).toBe(wanted.length);
    },
  );

  it.each([...ON_SUBJECTS, ...ON_OBSERVED_VALUES, ...ON_NOTHING])(
    'without includeUnavailable keeps only the rows in stock that meet it: %s %s',
    async (args, filter, holds) => {
      const { nodes, totalCount } = await report(args, filter);
      expect(nodes).toEqual(matrix.filter((row) => hasStock(row) && holds(row)));
      expect(totalCount).toBe(nodes.length);
    },
  );

  it.each(ON_SUBJECTS)(
    'on GPU types and data centers reduces the expected cells: %s %s',
    async (args, filter, holds) => {
      const expected = matrix.filter(holds).length;
      expect((await report(args, filter)).coverage).toEqual({ expected });
      expect((await report(args, `${filter} includeUnavailable: true`)).coverage).toEqual({ expected });
    },
  );

  it.each([...ON_OBSERVED_VALUES, ...ON_NOTHING])(
    'on observed values does not reduce the expected cells: %s %s',
    async (args, filter) => {
      const expected = matrix.length;
      expect((await report(args, filter)).coverage).toEqual({ expected });
      expect((await report(args, `${filter} includeUnavailable: true`)).coverage).toEqual({ expected });
    },
  );

  it.each(['dataCenterIds: []', 'countryCodes: []', 'gpuTypeIds: []', 'regions: []', 'compliance: []'])(
    'that is an empty list matches nothing: %s',
    async (filter) => {
      expect(await report('', `${filter} includeUnavailable: true`)).toMatchObject({
        totalCount: 0,
        coverage: { expected: 0 },
      });
    },
  );

  it.each([
    ['["SOC_2_TYPE_2"]', ['EU-CZ-1', 'EU-RO-1']],
    ['["iso_iec_27001", " Soc_2_Type_2 "]', ['EU-RO-1']],
    ['["SOC_2"]', []],
  ])(
    'on certifications keeps data centers that have all of them, in any letter case: %s',
    async (compliance, expected) => {
      await using runPod = await startFakeRunPod(({ operationName }) => {
        if (operationName !== 'DataCenters') return undefined;
        const certified = { 'EU-CZ-1': ['SOC_2_TYPE_2'], 'EU-RO-1': ['SOC_2_TYPE_2', 'ISO_IEC_27001'] };
        return (response, good) => {
          const { dataCenters } = JSON.parse(good).data;
          for (const one of dataCenters) one.compliance = certified[one.id as keyof typeof certified] ?? null;
          response.end(JSON.stringify({ data: { dataCenters } }));
        };
      });
      const answer = await connect(runPod.url).ask(
        `{ gpuAvailability(gpuType: "L4", filter: { compliance: ${compliance}, includeUnavailable: true }) {
        nodes { dataCenter { id } } coverage { expected } } }`,
      );
      expect(answer.data.gpuAvailability.nodes.map((row: Row) => row.dataCenter.id)).toEqual(expected);
      expect(answer.data.gpuAvailability.coverage.expected).toBe(expected.length);
    },
  );

  it('on the price applies to the price per GPU, whatever the pod size', async () => {
    const { nodes } = await report('gpuType: "RTX 4090", gpuCount: 4', 'maxPricePerGpuHour: 0.7');
    expect(nodes.length).toBeGreaterThan(0);
    expect(await report('gpuType: "RTX 4090", gpuCount: 4', 'maxPricePerGpuHour: 0.6')).toMatchObject({ nodes: [] });
  });
});

describe('the id of a row', () => {
  it('depends only on its cell and pod size', async () => {
    const idsOf = async (args: string) => (await report(args, 'includeUnavailable: true')).nodes.map(({ id }) => id);
    const [one, two] = [await idsOf(''), await idsOf('gpuCount: 2')];
    expect(new Set([...one, ...two]).size).toBe(2 * matrix.length);
    expect(await idsOf('orderBy: { field: GPU_TYPE }')).toEqual(one);
  });

  it('is the same in every field and after a restart', async () => {
    const query = `{ gpuAvailability(gpuType: "L4", filter: { dataCenterIds: ["EU-RO-1"], includeUnavailable: true }) { nodes { id } }
      gpuType(id: "NVIDIA L4") { availability(filter: { dataCenterIds: ["EU-RO-1"], includeUnavailable: true }) { nodes { id } } }
      dataCenter(id: "EU-RO-1") { availability(gpuType: "L4", filter: { includeUnavailable: true }) { nodes { id } } } }`;
    const { gpuAvailability, gpuType, dataCenter } = await read(query);
    const [row] = gpuAvailability.nodes;
    expect(matrix.map(({ id }) => id)).toContain(row.id);
    expect([gpuType.availability, dataCenter.availability]).toEqual([gpuAvailability, gpuAvailability]);
    expect((await createGateway().ask(query)).data.gpuAvailability.nodes).toEqual([row]);
  });

  it('is unique whatever the ids of GPU types and data centers are', async () => {
    const ids = ['a', 'a:b', 'b', ':', '%3A', ' ', '%20', 'a%3Ab', '\ud800', ''];
    const found = new Set<string>();
    for (const gpuType of ids) for (const dataCenter of ids) found.add(rowId(gpuType, dataCenter));
    expect(found.size).toBe(ids.length ** 2);
  });
});

/** Returns the id of a row for a GPU type and a data center with these ids. */
function rowId(gpuType: string, dataCenter: string): string {
  const row = unknownRow({ gpuType: gpuTypeOf({ id: gpuType }), dataCenter: dataCenterOf(dataCenter), gpuCount: 1 });
  const resolve = rowResolvers.id as (row: object) => string;
  return resolve(row);
}

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
