import { afterEach, describe, expect, it, vi } from 'vitest';
import { answerWith, startFakeRunPod } from './support/fake-runpod.ts';
import { connect } from './support/gateway.ts';
import { inStock, NOTHING } from './support/stock.ts';

const L4 = `{ gpuAvailability(gpuType: "NVIDIA L4", filter: { includeUnavailable: true }) {
  nodes { dataCenter { id } stock } freshness { observedAt stale } } upstream { health } }`;
const PLACE = 'EUR-IS-1';
const TEN_MINUTES = 600_000;

const realNow = Date.now;
afterEach(() => vi.restoreAllMocks());

/** Sets the wall clock of the gateway to the right time plus `byMs` milliseconds. `byMs` may be negative. */
function setClock(byMs: number): void {
  vi.spyOn(Date, 'now').mockImplementation(() => realNow() + byMs);
}

async function open() {
  const runPod = await startFakeRunPod();
  const gateway = connect(runPod.url, { UPSTREAM_RETRIES: '0', UPSTREAM_TIMEOUT_MS: '100000' });
  const ask = async () => {
    const { gpuAvailability, upstream } = (await gateway.ask(L4)).data;
    const { nodes, freshness } = gpuAvailability;
    const place = nodes.find(({ dataCenter }: { dataCenter: { id: string } }) => dataCenter.id === PLACE);
    return { stock: place?.stock, ...freshness, health: upstream.health };
  };
  return {
    ...gateway,
    runPod,
    askL4: ask,
    asked: () => runPod.count('LowestPrices'),
    /** Resolves to the number of seconds for which HTTP caches may store an answer. */
    async maxAge() {
      const response = await gateway.handler.fetch(
        `http://gateway.invalid/graphql?query=${encodeURIComponent(L4_STOCK)}`,
      );
      return Number(/max-age=(\d+)/.exec(response.headers.get('cache-control') ?? '')?.[1]);
    },
    [Symbol.asyncDispose]: () => runPod[Symbol.asyncDispose](),
  };
}

const L4_STOCK = '{ gpuAvailability(gpuType: "NVIDIA L4") { nodes { stock } } }';

describe.each([
  ['back', -TEN_MINUTES],
  ['forward', TEN_MINUTES],
])('a wall clock that is set %s by ten minutes', (_way, byMs) => {
  it('does not change how long a fresh answer stays fresh', async () => {
    await using gateway = await open();
    const before = await gateway.askL4();
    gateway.passSeconds(20);
    setClock(byMs);
    expect(await gateway.askL4()).toEqual(before);
    expect(before.stale).toBe(false);
    const seconds = await gateway.maxAge();
    expect(seconds).toBeLessThanOrEqual(40);
    expect(seconds).toBeGreaterThan(0);
    expect(gateway.asked()).toBe(1);
  });

  it('does not prevent, hasten or repeat the refresh of an answer', async () => {
    await using gateway = await open();
    await gateway.askL4();
    setClock(byMs);
    gateway.runPod.stock.set('NVIDIA L4', PLACE, NOTHING);
    gateway.passSeconds(61);
    expect(await gateway.askL4()).toMatchObject({ stale: true });
    await expect.poll(gateway.askL4).toMatchObject({ stock: 'NONE', stale: false, health: 'UP' });
    expect(gateway.asked()).toBe(2);
    // The gateway dates the new observation by the changed clock.
    const { observedAt } = await gateway.askL4();
    expect(Math.abs(Date.parse(observedAt) - gateway.wallNow())).toBeLessThan(30_000);
    await expect
      .poll(async () => (await gateway.get('/metrics')).body)
      .toContain('changes_total{kind="disappeared"} 1');
  });

  it('does not extend the time until a failed request is sent again', async () => {
    await using gateway = await open();
    gateway.runPod.fail(({ operationName }) => (operationName === 'LowestPrices' ? answerWith(503, '') : undefined));
    expect(await gateway.askL4()).toMatchObject({ observedAt: null });
    setClock(byMs);
    gateway.runPod.fail();
    gateway.runPod.stock.set('NVIDIA L4', PLACE, inStock('High'));
    await gateway.askL4();
    expect(gateway.asked()).toBe(1);
    gateway.passSeconds(5);
    expect(await gateway.askL4()).toMatchObject({ stock: 'HIGH', stale: false });
  });

  it('does not cause an answer to be served that is too old', async () => {
    await using gateway = await open();
    await gateway.askL4();
    setClock(byMs);
    gateway.runPod.fail(() => answerWith(503, ''));
    gateway.passSeconds(3600);
    const { stock, health } = await gateway.askL4();
    expect([stock, health]).toEqual(['UNKNOWN', 'DOWN']);
  });
});
