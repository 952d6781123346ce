import { describe, expect, it } from 'vitest';
import { ask, cellOf, MATRIX, offered, openBoth, quiet } from './support/both-apis.ts';
import { answerWith } from './support/fake-runpod.ts';
import { recordedCells } from './support/recording-2025-11-14.ts';
import { inStock, NOTHING } from './support/stock.ts';

type Both = Awaited<ReturnType<typeof openBoth>>;

/**
 * Makes the GraphQL API contradict the REST API about every tenth cell: where the REST API reports stock, the GraphQL API reports no stock,
 * and the other way round. Returns the number of cells that are in stock only in the REST API (`rest`) and only in the GraphQL API
 * (`graphql`).
 */
function disagree({ graphql }: Both): { readonly rest: number; readonly graphql: number } {
  const count = { rest: 0, graphql: 0 };
  recordedCells().forEach(({ gpuTypeId, dataCenterId, isInStock }, index) => {
    if (index % 10 !== 0) return;
    graphql.stock.set(gpuTypeId, dataCenterId, isInStock ? NOTHING : inStock('High', 0.9, 0.1));
    count[isInStock ? 'rest' : 'graphql'] += 1;
  });
  return count;
}

/** A query for one GPU type only, so that the gateway sends no requests for other GPU types. */
const L4 = MATRIX.replace('gpuCount: $gpuCount,', 'gpuCount: $gpuCount, gpuType: "NVIDIA L4",');

const metric = async ({ gateway }: Both, name: string) =>
  Number(
    (await gateway.get('/metrics')).body
      .split('\n')
      .find((line) => line.startsWith(name))
      ?.split(' ')[1],
  );

describe('two APIs that disagree about a tenth of all cells', () => {
  it('cause no events while nothing changes, because the gateway reports only the stock of the REST API', async () => {
    await using both = await openBoth();
    const before = await ask(both);
    await quiet(both);
    disagree(both);
    for (let period = 0; period < 12; period += 1) {
      both.gateway.passSeconds(61);
      await ask(both);
      await quiet(both);
    }
    const { nodes, coverage } = await ask(both);
    expect(coverage).toMatchObject({ complete: true });
    expect(nodes.map(({ available, stock }) => [available, stock])).toEqual(
      before.nodes.map(({ available, stock }) => [available, stock]),
    );
    for (const kind of ['appeared', 'disappeared', 'stock_changed']) {
      expect(await metric(both, `gpu_gateway_changes_total{kind="${kind}"}`)).toBe(0);
    }
    expect(both.graphql.count('LowestPrices')).toBeGreaterThan(25);
  });

  it('leave the spot price and the pod sizes unknown for a cell that only the REST API reports in stock', async () => {
    await using both = await openBoth();
    const { nodes } = await ask(both);
    const [row] = offered(nodes);
    const [gpuType, dataCenter] = [row?.gpuType.id ?? '', row?.dataCenter.id ?? ''];
    both.graphql.stock.set(gpuType, dataCenter, NOTHING);
    await expect.poll(() => both.graphql.count('LowestPrices')).toBe(25);
    await quiet(both);
    both.gateway.passSeconds(301);
    await ask(both);
    await expect.poll(() => both.graphql.count('LowestPrices')).toBeGreaterThan(25);
    await quiet(both);
    expect(cellOf((await ask(both)).nodes, gpuType, dataCenter)).toMatchObject({
      available: true,
      spotPrice: null,
      availableGpuCounts: null,
      spotObservedAt: null,
    });
  });

  it('have their disagreements counted in a metric, by the API that reports stock', async () => {
    await using both = await openBoth();
    const count = disagree(both);
    await ask(both);
    await quiet(both);
    await expect
      .poll(() => metric(both, 'gpu_gateway_disagreements_total{in_stock_by="runpod_rest"}'))
      .toBe(count.rest);
    expect(await metric(both, 'gpu_gateway_disagreements_total{in_stock_by="runpod_graphql"}')).toBeGreaterThan(0);
  });

  it('share the work: the stock of a cell comes from the REST API, and its spot price from the GraphQL API', async () => {
    await using both = await openBoth();
    const { graphql, gateway } = both;
    await ask(both);
    await quiet(both);
    gateway.passSeconds(50);
    // From now on, the GraphQL API reports another stock level and another spot price. The REST API still reports the stock level LOW.
    graphql.stock.set('NVIDIA L4', 'EUR-IS-1', inStock('High', 9, 0.1));
    gateway.passSeconds(255);
    await ask(both);
    await quiet(both);
    const row = cellOf((await ask(both)).nodes, 'NVIDIA L4', 'EUR-IS-1');
    expect(row).toMatchObject({ stock: 'LOW', spotPrice: { perPod: 0.1 } });
  });

  it('do not delay the refresh of stock, because added spot prices do not make an answer younger', async () => {
    await using both = await openBoth();
    const { graphql, rest, gateway } = both;
    await ask(both, L4);
    await quiet(both);
    const held: (() => void)[] = [];
    graphql.fail(() => (response, good) => void held.push(() => answerWith(200, good)(response, good)));
    gateway.passSeconds(301);
    await ask(both, L4);
    await expect.poll(() => held.length).toBe(1);
    await expect.poll(async () => (await ask(both, L4)).nodes.every(({ stale }) => !stale)).toBe(true);
    const asked = rest.count('gpus');
    gateway.passSeconds(50);
    graphql.fail();
    held[0]?.();
    await quiet(both);
    gateway.passSeconds(11);
    await ask(both, L4);
    await quiet(both);
    expect(rest.count('gpus')).toBe(asked + 1);
    expect((await ask(both, L4)).nodes.every(({ stale }) => !stale)).toBe(true);
  });
});
