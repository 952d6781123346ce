import { describe, expect, it } from 'vitest';
import { answerWith, startFakeRunPod } from './support/fake-runpod.ts';
import { FAULTS } from './support/faults.ts';
import { connect, createGateway } from './support/gateway.ts';

const MATRIX = `{ gpuAvailability(filter: { includeUnavailable: true }) {
  totalCount
  nodes { gpuType { id } dataCenter { id } available stock onDemandPrice { perPod } spotPrice { perPod } stale }
  coverage { complete expected observed failed failures { code gpuType { id } dataCenter { id } } } } }`;
const TYPES = 41;
const CENTERS = 39;
const ENV = { UPSTREAM_TIMEOUT_MS: '1000', UPSTREAM_RETRIES: '0' };
/**
 * Returns the settings of a gateway for a fake RunPod whose fault leads to the failure code `code`. The time-out is short only for
 * `TIMEOUT`. In other cases, a good answer could miss a short time-out on a busy machine.
 */
const envFor = (code: string) => (code === 'TIMEOUT' ? ENV : { UPSTREAM_RETRIES: '0' });

interface Row {
  readonly gpuType: { readonly id: string };
  readonly dataCenter: { readonly id: string };
}

async function matrixWithoutFaults() {
  const { data } = await createGateway().ask(MATRIX);
  return data.gpuAvailability;
}

const ofType =
  (id: string) =>
  ({ gpuType }: Row) =>
    gpuType.id === id;
const notOfType =
  (id: string) =>
  ({ gpuType }: Row) =>
    gpuType.id !== id;

describe('a fault in the answers about one GPU type', () => {
  it.each(Object.entries(FAULTS))(
    'makes the cells of that GPU type fail, and no others: %s',
    async (_name, [fault, code]) => {
      const bad = 'NVIDIA GeForce RTX 4090';
      await using runPod = await startFakeRunPod(({ variables }) =>
        variables?.['gpuTypeId'] === bad ? fault : undefined,
      );
      const { data } = await connect(runPod.url, envFor(code)).ask(MATRIX);
      const { nodes, coverage } = data.gpuAvailability;
      expect(coverage).toEqual({
        complete: false,
        expected: TYPES * CENTERS,
        observed: (TYPES - 1) * CENTERS,
        failed: CENTERS,
        failures: [{ code, gpuType: { id: bad }, dataCenter: null }],
      });
      expect(nodes.filter(ofType(bad))).toHaveLength(CENTERS);
      for (const row of nodes.filter(ofType(bad))) {
        expect(row).toMatchObject({ available: null, stock: 'UNKNOWN', onDemandPrice: null, spotPrice: null });
      }
      const good = await matrixWithoutFaults();
      expect(nodes.filter(notOfType(bad))).toEqual(good.nodes.filter(notOfType(bad)));
      expect(runPod.mostInFlight()).toBeLessThanOrEqual(3);
    },
  );
});

/** Twelve faults that stall, break the connection or send wrong answers, one for each of the first twelve GPU types. */
const TWELVE = [
  'silence',
  'a body that stalls',
  'a connection that is reset',
  'a body that is cut off',
  'a body without end',
  'HTML with 200',
  'errors without data',
  'another GPU type',
  'an empty list',
  'HTTP 401',
  'HTTP 429 for an hour',
  'HTTP 500',
] as const;

describe('twelve different faults of twelve GPU types, and a fault of one cell', () => {
  it('make no other cells fail, and leave no failed cell soon after the faults have ended', async () => {
    const { nodes: good } = await matrixWithoutFaults();
    const ids: string[] = [...new Set(good.map((row: Row) => row.gpuType.id) as string[])];
    const faultById = new Map(TWELVE.map((name, index) => [ids[index] ?? '', FAULTS[name]]));
    expect(faultById.size).toBe(12);
    const [, oneCellType = ''] = ids.toReversed();
    await using runPod = await startFakeRunPod(({ variables }) => {
      const id = String(variables?.['gpuTypeId']);
      if (id !== oneCellType) return faultById.get(id)?.[0];
      return (response, body) => {
        const errors = [{ message: 'no', path: ['gpuTypes', 0, 'dc_7', 'stockStatus'] }];
        answerWith(200, JSON.stringify({ ...JSON.parse(body), errors }))(response, body);
      };
    });
    const gateway = connect(runPod.url, { UPSTREAM_TIMEOUT_MS: '2000', UPSTREAM_RETRIES: '1' });
    const started = performance.now();
    const { data } = await gateway.ask(MATRIX);
    const { coverage, nodes } = data.gpuAvailability;
    expect(performance.now() - started).toBeLessThan(15_000);
    expect(coverage).toMatchObject({ expected: TYPES * CENTERS, failed: 12 * CENTERS + 1 });
    const byType = coverage.failures.filter(({ dataCenter }: { dataCenter: object | null }) => dataCenter === null);
    expect(
      Object.fromEntries(byType.map((failure: Row & { code: string }) => [failure.gpuType.id, failure.code])),
    ).toEqual(Object.fromEntries([...faultById].map(([id, fault]) => [id, fault[1]])));
    const byCell = coverage.failures.filter(({ dataCenter }: { dataCenter: object | null }) => dataCenter !== null);
    expect(byCell).toMatchObject([{ code: 'BAD_RESPONSE', gpuType: { id: oneCellType } }]);
    const bad = new Set(faultById.keys());
    const isBad = ({ gpuType, dataCenter }: Row) =>
      bad.has(gpuType.id) || (gpuType.id === oneCellType && dataCenter.id === byCell[0].dataCenter.id);
    const rowsOf = (rows: Row[]) => rows.filter((row) => !isBad(row));
    expect(rowsOf(nodes)).toEqual(rowsOf(good));
    expect(runPod.mostInFlight()).toBeLessThanOrEqual(3);

    runPod.fail();
    await expect
      .poll(
        async () => {
          gateway.passSeconds(5);
          return (await gateway.ask(MATRIX)).data.gpuAvailability.nodes;
        },
        { timeout: 20_000 },
      )
      .toEqual(good);
  });
});

describe('an upstream', () => {
  it.each([
    ['refuses connections', 'http://127.0.0.1:1/graphql'],
    ['has a host name without an address', 'http://name.invalid/graphql'],
  ])('that %s makes an answer impossible', async (_what, url) => {
    const { errors } = await connect(url, ENV).ask(MATRIX);
    expect(errors).toMatchObject([{ extensions: { code: 'UPSTREAM_UNAVAILABLE' } }]);
  });

  it('that does not speak TLS makes an answer impossible', async () => {
    await using runPod = await startFakeRunPod();
    const { errors } = await connect(runPod.url.replace('http:', 'https:'), ENV).ask(MATRIX);
    expect(errors).toMatchObject([{ extensions: { code: 'UPSTREAM_UNAVAILABLE' } }]);
  });

  // A list is not about a single GPU type, so the faults named 'another GPU type' do not apply to lists.
  const listFaults = Object.entries(FAULTS).filter(([name]) => !name.startsWith('another GPU type'));
  it.each(listFaults)('whose lists fail with %s makes an answer impossible', async (_name, [fault, code]) => {
    await using runPod = await startFakeRunPod(({ operationName }) =>
      operationName === 'GpuTypes' ? fault : undefined,
    );
    const { data, errors } = await connect(runPod.url, envFor(code)).ask(MATRIX);
    expect(data).toMatchObject({ gpuAvailability: null });
    const expected = code === 'UNAUTHORIZED' ? 'UPSTREAM_UNAUTHORIZED' : 'UPSTREAM_UNAVAILABLE';
    expect(errors).toMatchObject([{ extensions: { code: expected } }]);
  });
});
