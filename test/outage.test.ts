import { describe, expect, it } from 'vitest';
import { answerWith, type Faults, startFakeRunPod } from './support/fake-runpod.ts';
import { FAULTS } from './support/faults.ts';
import { connect } from './support/gateway.ts';
import { dead, ENV, MATRIX, silent } from './support/outages.ts';

const L4 = `{ gpuAvailability(gpuType: "L4", filter: { includeUnavailable: true }) {
  nodes { dataCenter { id } stock observedAt stale }
  coverage { observed failures { code dataCenter { id } } } freshness { observedAt newestObservedAt stale } }
  upstream { health } }`;
const CELLS = 41 * 39;

interface Row {
  readonly dataCenter: { readonly id: string };
  readonly observedAt: string | null;
  readonly stale: boolean;
  readonly stock: string;
}

/** Returns the rows without `observedAt` and `stale`, which depend on when the cells were observed. */
const facts = (rows: readonly Row[]) => rows.map(({ observedAt: _at, stale: _stale, ...row }) => row);

/** Creates a fault that makes the cell of one data center fail. The fault finds the alias that the request uses for that data center. */
const failCellOf =
  (dataCenterId: string): Faults =>
  ({ variables = {} }) => {
    const alias = Object.keys(variables).find((name) => variables[name] === dataCenterId);
    if (alias === undefined) return undefined;
    return (response, good) => {
      const errors = [{ message: 'no', path: ['gpuTypes', 0, alias] }];
      answerWith(200, JSON.stringify({ ...JSON.parse(good), errors }))(response, good);
    };
  };

describe('an upstream that goes down', () => {
  it('does not stop the gateway from serving the last answers at once, marked stale when they are no longer fresh', async () => {
    await using runPod = await startFakeRunPod();
    const { ask, passSeconds } = connect(runPod.url, ENV);
    const before = (await ask(MATRIX)).data.gpuAvailability;
    expect(before).toMatchObject({ coverage: { complete: true }, freshness: { stale: false } });
    runPod.fail(silent);
    passSeconds(50);
    expect((await ask(MATRIX)).data.gpuAvailability).toEqual(before);
    passSeconds(11);
    const after = (await ask(MATRIX)).data.gpuAvailability;
    expect(after.nodes).toEqual(before.nodes.map((row: Row) => ({ ...row, stale: true })));
    expect(after.coverage).toEqual(before.coverage);
    expect(after.freshness).toEqual({ ...before.freshness, stale: true });
  });

  it('causes failed cells once the last answers are too old, and fresh cells once the upstream is back', async () => {
    await using runPod = await startFakeRunPod();
    const { ask, passSeconds } = connect(runPod.url, ENV);
    const before = (await ask(MATRIX)).data;
    expect(before.upstream.health).toBe('UP');
    runPod.fail(dead);
    passSeconds(3600);
    const during = (await ask(MATRIX)).data;
    expect(during.gpuAvailability.coverage).toMatchObject({
      complete: false,
      expected: CELLS,
      observed: 0,
      failed: CELLS,
    });
    const codes = during.gpuAvailability.coverage.failures.map(({ code }: { code: string }) => code);
    expect(new Set(codes)).toEqual(new Set(['UNREACHABLE', 'NOT_ATTEMPTED']));
    expect(during.gpuAvailability.freshness).toEqual({ observedAt: null, newestObservedAt: null, stale: false });
    for (const row of during.gpuAvailability.nodes) {
      expect(row).toMatchObject({
        available: null,
        stock: 'UNKNOWN',
        onDemandPrice: null,
        observedAt: null,
        stale: false,
      });
    }
    expect(during.upstream).toEqual({ health: 'DOWN', lastSuccessAt: before.upstream.lastSuccessAt });

    runPod.fail();
    const recovered = async () => {
      passSeconds(5);
      return (await ask(MATRIX)).data;
    };
    await expect.poll(recovered, { timeout: 15_000 }).toMatchObject({
      gpuAvailability: { coverage: { complete: true }, freshness: { stale: false } },
      upstream: { health: 'UP' },
    });
    expect(facts((await recovered()).gpuAvailability.nodes)).toEqual(facts(before.gpuAvailability.nodes));
  });

  it('receives one request for a GPU type every few seconds, however many clients request it', async () => {
    await using runPod = await startFakeRunPod();
    const { ask, passSeconds, logged } = connect(runPod.url, ENV);
    await ask(L4);
    runPod.fail(({ operationName }) => (operationName === 'LowestPrices' ? answerWith(500, '') : undefined));
    const asked = runPod.count('LowestPrices');
    passSeconds(61);
    const many = () => Promise.all(Array.from({ length: 200 }, () => ask(L4)));
    await many();
    await expect.poll(() => runPod.count('LowestPrices')).toBe(asked + 1);
    await many();
    expect(runPod.count('LowestPrices')).toBe(asked + 1);
    // The gateway pauses its requests to RunPod only after it has noticed the failure. So the test waits until the failure is logged.
    await expect.poll(() => logged.join('')).toContain('upstream attempt failed');
    passSeconds(3600);
    for (const { data } of await many())
      expect(data.gpuAvailability.coverage.failures).toMatchObject([{ code: 'UNREACHABLE' }]);
    for (const { data } of await many())
      expect(data.gpuAvailability.coverage.failures).toMatchObject([{ code: 'UNREACHABLE' }]);
    expect(runPod.count('LowestPrices')).toBe(asked + 2);
  });
});

describe('a failed cell in a good answer', () => {
  it('keeps its last known state and the time of that observation until the observation is too old', async () => {
    await using runPod = await startFakeRunPod();
    const { ask, passSeconds } = connect(runPod.url, ENV);
    const [first] = (await ask(L4)).data.gpuAvailability.nodes;
    const id: string = first.dataCenter.id;
    const cell = (rows: readonly Row[]) => rows.find(({ dataCenter }) => dataCenter.id === id);
    const others = (rows: readonly Row[]) => rows.filter(({ dataCenter }) => dataCenter.id !== id);
    runPod.fail(failCellOf(id));
    passSeconds(61);
    const renewed = async () => {
      const { data } = await ask(L4);
      return data.gpuAvailability;
    };
    await expect.poll(async () => others((await renewed()).nodes).some(({ stale }) => stale)).toBe(false);
    const report = await renewed();
    expect(cell(report.nodes)).toEqual({ ...first, stale: true });
    expect(report.coverage).toEqual({ observed: 39, failures: [] });
    expect(report.freshness).toMatchObject({ observedAt: first.observedAt, stale: true });
    expect(report.freshness.newestObservedAt > first.observedAt).toBe(true);
    expect((await ask(L4)).data.upstream.health).toBe('DEGRADED');

    passSeconds(3600 - 61);
    await expect.poll(async () => others((await renewed()).nodes).some(({ stale }) => stale)).toBe(false);
    const late = await renewed();
    expect(cell(late.nodes)).toMatchObject({ stock: 'UNKNOWN', observedAt: null, stale: false });
    expect(late.coverage).toEqual({ observed: 38, failures: [{ code: 'BAD_RESPONSE', dataCenter: { id } }] });

    runPod.fail();
    passSeconds(60);
    await expect.poll(async () => (await renewed()).coverage).toEqual({ observed: 39, failures: [] });
    expect((await ask(L4)).data.upstream.health).toBe('UP');
  });
});

describe('a failed cell that was never observed', () => {
  it('is requested again after a while, and a client receives the new state and not the failure', async () => {
    await using runPod = await startFakeRunPod(failCellOf('EU-RO-1'));
    const { ask, passSeconds } = connect(runPod.url, ENV);
    const failures = async () => (await ask(L4)).data.gpuAvailability.coverage.failures;
    expect(await failures()).toMatchObject([{ dataCenter: { id: 'EU-RO-1' } }]);
    expect(await failures()).toHaveLength(1);
    expect(runPod.count('LowestPrices')).toBe(1);
    runPod.fail();
    passSeconds(3000);
    expect(await failures()).toEqual([]);
  });
});

describe('a data center that is new in the list', () => {
  it('does not make clients wait for the other data centers', async () => {
    await using runPod = await startFakeRunPod();
    const { ask, passSeconds } = connect(runPod.url, ENV);
    const before = (await ask(L4)).data.gpuAvailability.nodes;
    runPod.fail(({ operationName }) => {
      if (operationName !== 'DataCenters') return FAULTS.silence[0];
      return (response, good) => {
        const { data } = JSON.parse(good);
        answerWith(200, JSON.stringify({ data: { dataCenters: [...data.dataCenters, { id: 'EU-PL-1' }] } }))(
          response,
          good,
        );
      };
    });
    passSeconds(901);
    await ask(L4);
    const rows = async () => (await ask(L4)).data.gpuAvailability.nodes;
    await expect.poll(rows).toHaveLength(40);
    const others = (await rows()).filter(({ dataCenter }: Row) => dataCenter.id !== 'EU-PL-1');
    expect(others).toEqual(before.map((row: Row) => ({ ...row, stale: true })));
  });
});

describe('the lists', () => {
  it('are served for a limited time while no newer lists can be read', async () => {
    await using runPod = await startFakeRunPod();
    const { ask, passSeconds, get } = connect(runPod.url, ENV);
    const lists = '{ gpuTypes { id } dataCenters { id } }';
    const before = await ask(lists);
    runPod.fail(dead);
    passSeconds(900 + 3599);
    expect(await ask(lists)).toEqual(before);
    expect(await get('/ready')).toMatchObject({ status: 200 });
    passSeconds(2);
    const failed = { extensions: { code: 'UPSTREAM_UNAVAILABLE' } };
    expect(await ask(lists)).toMatchObject({ data: { gpuTypes: null, dataCenters: null }, errors: [failed, failed] });
    expect(await get('/ready')).toEqual({ status: 503, body: expect.stringContaining('unavailable') });
  });

  it('are refreshed in the background, and a new data center in them is observed', async () => {
    let isNew = false;
    const withNew: Faults = ({ operationName, variables = {} }) => {
      if (!isNew) return undefined;
      if (operationName === 'DataCenters') {
        return (response, good) => {
          const { data } = JSON.parse(good);
          answerWith(200, JSON.stringify({ data: { dataCenters: [...data.dataCenters, { id: 'EU-PL-1' }] } }))(
            response,
            good,
          );
        };
      }
      const alias = Object.keys(variables).find((name) => variables[name] === 'EU-PL-1');
      if (alias === undefined) return undefined;
      return (response, good) => {
        const { data } = JSON.parse(good);
        const cell = {
          stockStatus: 'High',
          uninterruptablePrice: 0.43,
          minimumBidPrice: null,
          availableGpuCounts: [1],
        };
        answerWith(200, JSON.stringify({ data: { gpuTypes: [{ ...data.gpuTypes[0], [alias]: cell }] } }))(
          response,
          good,
        );
      };
    };
    await using runPod = await startFakeRunPod(withNew);
    const { ask, passSeconds } = connect(runPod.url, ENV);
    const rows = async () => (await ask(L4)).data.gpuAvailability.nodes;
    expect(await rows()).toHaveLength(39);
    isNew = true;
    passSeconds(901);
    expect(await rows()).toHaveLength(39);
    await expect.poll(rows).toHaveLength(40);
    const found = async () => (await rows()).find(({ dataCenter }: Row) => dataCenter.id === 'EU-PL-1');
    await expect.poll(found).toMatchObject({ stock: 'HIGH', stale: false });
  });
});

describe('health', () => {
  it('is not DOWN if, after a while without queries, only one GPU type fails', async () => {
    await using runPod = await startFakeRunPod(({ variables }) =>
      variables?.['gpuTypeId'] === 'NVIDIA L4' ? answerWith(500, '') : undefined,
    );
    const { ask, passSeconds } = connect(runPod.url, { UPSTREAM_RETRIES: '1' });
    expect((await ask(MATRIX)).data.upstream.health).toBe('DEGRADED');
    passSeconds(61);
    expect((await ask('{ upstream { health } }')).data.upstream.health).not.toBe('DOWN');
  });
});

describe('a client that disconnects', () => {
  it('cancels only those waiting requests to RunPod that no other client needs', async () => {
    const held: (() => void)[] = [];
    await using runPod = await startFakeRunPod(({ operationName }) => {
      if (operationName !== 'LowestPrices') return undefined;
      return (response, good) => held.push(() => answerWith(200, good)(response, good));
    });
    const { ask, get, logged } = connect(runPod.url, { ...ENV, UPSTREAM_CONCURRENCY: '1' });
    const leaving = new AbortController();
    const left = ask(MATRIX, {}, { signal: leaving.signal }).catch((error: Error) => error.name);
    await expect.poll(() => held.length).toBe(1);
    const staying = ask('{ gpuAvailability(gpuType: "L4") { totalCount } }');
    await new Promise(setImmediate);
    leaving.abort();
    expect(await left).toBe('AbortError');
    runPod.fail();
    held[0]?.();
    expect((await staying).data.gpuAvailability.totalCount).toBeGreaterThan(0);
    await expect.poll(async () => (await get('/metrics')).body).toContain('gpu_gateway_upstream_in_flight 0');
    expect(runPod.count('LowestPrices')).toBe(2);
    expect((await get('/metrics')).body).toContain('gpu_gateway_cells{state="failed"} 0');
    expect(logged.filter((line) => JSON.parse(line).level >= 40)).toEqual([]);
  });
});
