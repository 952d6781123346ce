import { describe, expect, it } from 'vitest';
import { answerWith, startFakeRunPod } from './support/fake-runpod.ts';
import { connect, createGateway } from './support/gateway.ts';
import { pick, samplesOf } from './support/metrics.ts';
import { inStock } from './support/stock.ts';

/** A query for all cells of one GPU type. */
const L4 = `query ($gpuCount: Int) { gpuAvailability(gpuType: "L4", gpuCount: $gpuCount, filter: { includeUnavailable: true }) {
  totalCount nodes { dataCenter { id } stock } } }`;

interface Row {
  readonly dataCenter: { readonly id: string };
  readonly stock: string;
}

const VALUES: Record<string, number> = { NONE: 0, UNKNOWN: 0.5, LOW: 1, MEDIUM: 2, HIGH: 3 };

type Gateway = ReturnType<typeof createGateway>;

const stockOf = async (gateway: Gateway) => pick(await samplesOf(gateway), 'gpu_gateway_stock{');
const omittedOf = async (gateway: Gateway) => (await samplesOf(gateway))['gpu_gateway_stock_omitted_series'];

describe('series of stock', () => {
  it('have the stock of each observed cell as their value', async () => {
    await using runPod = await startFakeRunPod();
    runPod.stock.set('NVIDIA L4', 'EU-RO-1', inStock('Plenty'));
    const gateway = connect(runPod.url, { MAX_STOCK_SERIES: '1000' });
    const { data } = await gateway.ask(L4);
    const rows: readonly Row[] = data.gpuAvailability.nodes;
    expect(new Set(rows.map(({ stock }) => stock)).size).toBeGreaterThan(2);
    expect(await stockOf(gateway)).toEqual(
      Object.fromEntries(
        rows.map(({ dataCenter: { id }, stock }) => [
          `gpu_type="NVIDIA L4",data_center="${id}",gpu_count="1"}`,
          VALUES[stock],
        ]),
      ),
    );
    expect(await omittedOf(gateway)).toBe(0);
  });

  it('do not exist without the setting', async () => {
    const gateway = createGateway();
    await gateway.ask(L4);
    expect(pick(await samplesOf(gateway), 'gpu_gateway_stock')).toEqual({});
  });

  it('are limited in number, and those of small pods come first', async () => {
    const gateway = createGateway({ MAX_STOCK_SERIES: '50' });
    const { data } = await gateway.ask(L4, { gpuCount: 8 });
    const cells = data.gpuAvailability.totalCount;
    expect(Object.keys(await stockOf(gateway))).toHaveLength(cells);
    await gateway.ask(L4, { gpuCount: 1 });
    const keys = Object.keys(await stockOf(gateway));
    expect(keys.filter((key) => key.includes('gpu_count="1"'))).toHaveLength(cells);
    expect(keys).toHaveLength(50);
    expect(await omittedOf(gateway)).toBe(2 * cells - 50);
  });

  it('end when their cells are no longer fresh, even if a client asks for them', async () => {
    await using runPod = await startFakeRunPod();
    const gateway = connect(runPod.url, { MAX_STOCK_SERIES: '1000' });
    await gateway.ask(L4);
    expect(Object.keys(await stockOf(gateway))).toHaveLength(39);
    gateway.passSeconds(61);
    expect(await stockOf(gateway)).toEqual({});
    runPod.fail(() => answerWith(500, ''));
    const { data } = await gateway.ask(L4);
    expect(data.gpuAvailability.totalCount).toBe(39);
    expect(await stockOf(gateway)).toEqual({});
  });

  it('are printed at most once a second for all clients together if there are many series', async () => {
    const gateway = createGateway({ MAX_STOCK_SERIES: '5000' });
    const scrape = async () => (await gateway.get('/metrics')).body;
    await gateway.ask('{ gpuAvailability(filter: { includeUnavailable: true }, first: 1) { totalCount } }');
    const page = await scrape();
    expect(page.length).toBeGreaterThan(100_000);
    await gateway.ask('{ __typename }');
    expect(await scrape()).toBe(page);
    await expect.poll(scrape, { timeout: 5000 }).not.toBe(page);
  });
});
