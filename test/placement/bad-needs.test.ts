import { describe, expect, it } from 'vitest';
import { dataCenterNeeds } from '../../src/graphql/placement/data-center-needs.ts';
import { createGateway } from '../support/gateway.ts';
import { dataCenterOf } from '../support/list-rows.ts';

const { ask, logged } = createGateway();

interface Exclusion {
  readonly gpuType: { readonly id: string };
  readonly dataCenter: { readonly id: string } | null;
  readonly gpuCount: number | null;
  readonly reason: string;
  readonly message: string;
}

const FIELDS = `{ totalCount options { totalMemoryGb } excluded { gpuType { id } dataCenter { id } gpuCount reason message }
  relaxations { need } coverage { complete expected } freshness { observedAt stale } }`;

async function place(needs: string) {
  const { data, errors } = await ask(`{ placement(needs: { ${needs} }) ${FIELDS} }`);
  expect(errors).toBeUndefined();
  return data.placement;
}

describe('invalid needs', () => {
  it.each([
    ['no GPU', 'gpuCount: 0', /^gpuCount is 0; it must be from 1 to 16\.$/],
    ['a negative number of GPUs', 'gpuCount: -1', /^gpuCount is -1; it must be from 1 to 16\.$/],
    ['more GPUs than RunPod accepts', 'gpuCount: 17', /^gpuCount is 17; it must be from 1 to 16\.$/],
    ['a negative price', 'maxPricePerHour: -0.01', /^maxPricePerHour is -0\.01; it must be 0 or more\.$/],
    [
      'an infinite price',
      'maxPricePerHour: 1e999',
      /^maxPricePerHour is not a finite number; it must be 0 or more, or left out/,
    ],
    ['a price below all numbers', 'maxPricePerHour: -1e999', /^maxPricePerHour is -Infinity; it must be 0 or more/],
    ['negative memory of a GPU', 'minMemoryGb: -1', /^minMemoryGb is -1; it must be 0 or more\.$/],
    ['negative memory of a pod', 'minTotalMemoryGb: -80', /^minTotalMemoryGb is -80; it must be 0 or more\.$/],
    ['an unknown GPU type', 'gpuTypeIds: ["NVIDIA L4", "NVIDIA L5"]', /^Unknown GPU type "NVIDIA L5".* 'NVIDIA L4'/],
    ['a GPU type without an id', 'gpuTypeIds: [""]', /^Unknown GPU type "".*RunPod lists .*NVIDIA L4/],
    ['a display name in place of an id', 'gpuTypeIds: ["RTX 4090"]', /'NVIDIA GeForce RTX 4090'/],
    [
      'an unknown data center',
      'dataCenterIds: ["EU-RO-9"]',
      /^Unknown data center "EU-RO-9"\. RunPod reports .*EU-RO-1/,
    ],
    [
      'a country that does not exist',
      'countryCodes: ["RO", "ZZ"]',
      /^Unknown country code "ZZ"; it must be two letters/,
    ],
    ['a country by its name', 'countryCodes: ["Romania"]', /^Unknown country code "Romania"; it must be two letters/],
    ['no stock as the lowest level', 'minStock: NONE', /^minStock is NONE; it must be LOW, MEDIUM or HIGH\.$/],
    ['an unknown lowest level', 'minStock: UNKNOWN', /^minStock is UNKNOWN; it must be LOW, MEDIUM or HIGH\.$/],
    ['an empty list of GPU types', 'gpuTypeIds: []', /^gpuTypeIds is an empty list.*name at least one value/],
    ['an empty list of regions', 'regions: []', /^regions is an empty list.*name at least one value/],
    ['an empty list of countries', 'countryCodes: []', /^countryCodes is an empty list.*name at least one value/],
    ['an empty list of data centers', 'dataCenterIds: []', /^dataCenterIds is an empty list.*name at least one value/],
    ['an empty list of certifications', 'compliance: []', /^compliance is an empty list.*name at least one value/],
  ])('are refused with a message that names what would be right: %s', async (_what, needs, message) => {
    const { data, errors } = await ask(`{ placement(needs: { ${needs} }) ${FIELDS} }`);
    expect(data).toEqual({ placement: null });
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
    expect(errors?.[0]?.message).toMatch(message);
  });

  it.each([
    ['a price that is no number', { maxPricePerHour: 'NaN' }],
    ['a price as a text', { maxPricePerHour: '20' }],
    ['half a GPU', { gpuCount: 1.5 }],
    ['memory beyond all whole numbers', { minMemoryGb: 1e300 }],
    ['a list with null', { regions: ['EUROPE', null] }],
    ['a region that does not exist', { regions: ['EU'] }],
    ['an unknown need', { minGpus: 1 }],
  ])('are refused before the query runs: %s', async (_what, needs) => {
    const query = `query ($needs: PlacementNeeds!) { placement(needs: $needs) ${FIELDS} }`;
    const { errors } = await ask(query, { needs });
    expect(errors).toMatchObject([{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }]);
  });

  it.each(['regions: [EUROPE]', 'compliance: ["x"]', 'dataCenterIds: ["EU-RO-1"]', 'gpuTypeIds: ["NVIDIA L4"]'])(
    'are refused if a list has more than 200 values: %s',
    async (need) => {
      const list = need.replace(/\[(.*)\]/, (_, one) => `[${Array(201).fill(one).join(', ')}]`);
      const { errors } = await ask(`{ placement(needs: { ${list} }) ${FIELDS} }`);
      expect(errors).toMatchObject([{ extensions: { code: 'OPERATION_TOO_COMPLEX' } }]);
    },
  );

  it('do not prevent the answer to other fields, and are not logged as a fault', async () => {
    const { data } = await ask('{ placement(needs: { gpuCount: 17 }) { totalCount } gpuType(id: "NVIDIA L4") { id } }');
    expect(data).toEqual({ placement: null, gpuType: { id: 'NVIDIA L4' } });
    expect(logged.filter((line) => JSON.parse(line).level >= 40)).toEqual([]);
  });
});

describe('needs that contradict each other', () => {
  /** Returns the number of exclusions for each reason. */
  const countReasons = (excluded: readonly Exclusion[]) => {
    const counts: Record<string, number> = {};
    for (const { reason } of excluded) counts[reason] = (counts[reason] ?? 0) + 1;
    return counts;
  };

  const TYPES = 41;

  it.each([
    ['gpuTypeIds: ["NVIDIA L4"], manufacturer: AMD', { OTHER_GPU_TYPE: TYPES }],
    ['minMemoryGb: 1000', { TOO_LITTLE_MEMORY: TYPES }],
    ['minTotalMemoryGb: 2147483647, gpuCount: 16', { TOO_LITTLE_MEMORY: TYPES }],
    ['minTotalMemoryGb: 2147483647', { TOO_MANY_GPUS: TYPES }],
    [
      'gpuTypeIds: ["NVIDIA L4"], regions: [EUROPE], countryCodes: ["US"]',
      { OTHER_GPU_TYPE: TYPES - 1, OTHER_DATA_CENTER: 1 },
    ],
  ])('have no options, and a reason for each GPU type: %s', async (needs, reasons) => {
    const { options, totalCount, excluded, coverage, freshness } = await place(needs);
    expect([options, totalCount, coverage]).toEqual([[], 0, { complete: true, expected: 0 }]);
    expect(freshness).toEqual({ observedAt: null, stale: false });
    expect(countReasons(excluded)).toEqual(reasons);
    expect(excluded.every(({ dataCenter }: Exclusion) => dataCenter === null)).toBe(true);
  });

  it('have a message with what was needed and what there is', async () => {
    const messageOf = async (needs: string, gpuTypeId = 'NVIDIA L4') => {
      const { excluded } = await place(needs);
      return excluded.find(({ gpuType }: Exclusion) => gpuType.id === gpuTypeId)?.message;
    };
    expect(await messageOf('manufacturer: AMD')).toBe('Its manufacturer is NVIDIA; AMD was needed.');
    expect(await messageOf('minMemoryGb: 80')).toBe('It has 24 GB per GPU; 80 GB per GPU were needed.');
    expect(await messageOf('minTotalMemoryGb: 80, gpuCount: 2')).toBe(
      'A pod of 2 has 48 GB; 80 GB per pod were needed.',
    );
    expect(await messageOf('minTotalMemoryGb: 1000')).toMatch(
      /^A pod of this type has at most \d+ GPUs; 42 were needed\.$/,
    );
  });
});

describe('the message about a cell', () => {
  it.each([
    ['maxPricePerHour: 0.4', 'It costs $0.43; at most $0.4 per pod and hour was needed.'],
    ['minStock: MEDIUM', 'The stock is LOW; MEDIUM was needed.'],
    ['gpuCount: 2, minStock: LOW', 'The stock is UNKNOWN; LOW was needed.'],
    ['gpuCount: 6', 'RunPod reports no stock.'],
    ['regions: [ASIA]', 'Its region is EUROPE; ASIA was needed.'],
    ['countryCodes: ["us"]', 'Its country is IS; another one was needed.'],
    ['dataCenterIds: ["EU-RO-1"]', 'It is not one of the requested data centers.'],
  ])('says what was needed and what there is: %s', async (needs, message) => {
    const { excluded } = await place(`gpuTypeIds: ["NVIDIA L4"], ${needs}`);
    const found = excluded.filter(({ gpuType }: Exclusion) => gpuType.id === 'NVIDIA L4');
    const cell = found.find(({ dataCenter }: Exclusion) => dataCenter?.id === 'EUR-IS-1');
    expect(cell?.message).toBe(message);
  });
});

it('the message about certifications has at most 256 bytes, however many and however long they are', () => {
  const [need] = dataCenterNeeds({ compliance: ['OTHER'] }, []);
  const explain = (compliance: readonly string[]) => need?.explain({ ...dataCenterOf('EU-RO-1'), compliance });
  expect(explain([])).toBe('Its certifications are none; others were needed.');
  expect(explain(['A', 'B', 'C', 'D', 'E'])).toBe('Its certifications are A, B, C and 2 more; others were needed.');
  for (const long of ['x'.repeat(300), '\u0000'.repeat(40), '🙂'.repeat(60)]) {
    // When the gateway estimates the size of a response, it allows 256 bytes for each message.
    expect(Buffer.byteLength(JSON.stringify(explain([long, 'GDPR'])))).toBeLessThanOrEqual(256);
  }
});

describe('the number of options to return', () => {
  const NEEDS = 'needs: { manufacturer: NVIDIA }';

  it.each([0, -1, -2_147_483_648])('is refused if it is below 1: %d', async (first) => {
    const { data, errors } = await ask(`{ placement(${NEEDS}, first: ${first}) { totalCount } }`);
    expect(data).toEqual({ placement: null });
    expect(errors).toMatchObject([
      { message: `first is ${first}; it must be 1 or more.`, extensions: { code: 'BAD_USER_INPUT' } },
    ]);
  });

  it('is 10 by default, and limits the options but not their total number', async () => {
    const query = `{ usual: placement(${NEEDS}) { ...Some } one: placement(${NEEDS}, first: 1) { ...Some }
      all: placement(${NEEDS}, first: 2147483647) { ...Some } } fragment Some on Placement { totalCount options { availability { id } } }`;
    const { usual, one, all } = (await ask(query)).data;
    expect([usual, one, all].map(({ options }) => options.length)).toEqual([10, 1, all.totalCount]);
    expect([usual.totalCount, one.totalCount]).toEqual([all.totalCount, all.totalCount]);
    expect(usual.options).toEqual(all.options.slice(0, 10));
    expect(one.options).toEqual(all.options.slice(0, 1));
    expect(all.totalCount).toBeGreaterThan(10);
  });
});

describe('needs without an effect', () => {
  it.each([
    'gpuCount: null, minMemoryGb: null, minTotalMemoryGb: null, gpuTypeIds: null, manufacturer: null, maxPricePerHour: null',
    'regions: null, countryCodes: null, dataCenterIds: null, networkVolume: null, globalNetwork: null, compliance: null',
    'networkVolume: false, globalNetwork: false, minStock: null',
    'gpuCount: 1',
  ])('exclude nothing but cells without stock and GPU types that have no such pods: %s', async (needs) => {
    const { options, excluded, ...rest } = await place(needs);
    const { relaxations: _relaxations, ...plain } = await place('');
    expect({ ...rest, options, excluded }).toMatchObject({ ...plain, relaxations: [] });
    const reasons = new Set(excluded.map(({ reason }: Exclusion) => reason));
    expect(reasons).toEqual(new Set(['NOT_ON_SECURE_CLOUD', 'OUT_OF_STOCK']));
  });
});
