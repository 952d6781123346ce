import { describe, expect, it } from 'vitest';
import { startFakeRunPod } from './support/fake-runpod.ts';
import { connect } from './support/gateway.ts';
import { createReports, hasStock, type Row } from './support/reports.ts';

const { report } = createReports();

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
