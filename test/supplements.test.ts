import { describe, expect, it } from 'vitest';
import { ask, cellOf, openBoth, quiet } from './support/both-apis.ts';
import { answerWith, type Fault } from './support/fake-runpod.ts';
import { inStock } from './support/stock.ts';

type Both = Awaited<ReturnType<typeof openBoth>>;

/**
 * A fault that changes an answer to the form that RunPod's answers have had since the summer of 2026: each bid equals the price, and pod
 * sizes are null.
 */
const withoutSpot: Fault = (response, good) => {
  const answer = JSON.parse(good);
  for (const cell of Object.values<Record<string, unknown> | string | null>(answer.data.gpuTypes?.[0] ?? {})) {
    if (cell === null || typeof cell !== 'object' || !('minimumBidPrice' in cell)) continue;
    Object.assign(cell, { minimumBidPrice: cell['uninterruptablePrice'], availableGpuCounts: null });
  }
  answerWith(200, JSON.stringify(answer))(response, good);
};

/**
 * Starts stand-ins for RunPod's two APIs and a gateway. Waits until the gateway has requested supplements (answers of the GraphQL API that
 * add spot prices and pod sizes) for all GPU types in stock. In this test, the supplements contain neither spot prices nor pod sizes.
 */
async function openAfterRound(): Promise<Both> {
  const both = await openBoth();
  both.graphql.fail(({ operationName }) => (operationName === 'LowestPrices' ? withoutSpot : undefined));
  await ask(both);
  await expect.poll(() => both.graphql.count('LowestPrices')).toBe(25);
  await quiet(both);
  return both;
}

/**
 * Lets `seconds` pass and queries the gateway again. Returns how many supplements (answers of the GraphQL API that add spot prices and pod
 * sizes) the gateway then requested.
 */
async function supplementsAfter(both: Both, seconds: number): Promise<number> {
  const before = both.graphql.count('LowestPrices');
  both.gateway.passSeconds(seconds);
  await ask(both);
  await quiet(both);
  await ask(both);
  await quiet(both);
  return both.graphql.count('LowestPrices') - before;
}

describe('supplements without a bid below the price and without pod sizes', () => {
  it('are not requested again within an hour, and after that for only three GPU types', async () => {
    await using both = await openAfterRound();
    let asked = 0;
    for (let period = 0; period < 11; period += 1) asked += await supplementsAfter(both, 301);
    expect(asked).toBe(0);
    expect(await supplementsAfter(both, 301)).toBe(3);
    expect(await supplementsAfter(both, 1800)).toBe(0);
    expect(await supplementsAfter(both, 1801)).toBe(3);
  });

  it('are requested for different GPU types each hour, until they have been requested for all GPU types', async () => {
    await using both = await openAfterRound();
    const tried = new Set<unknown>();
    for (let hour = 0; hour < 9; hour += 1) {
      const before = both.graphql.seen.length;
      await supplementsAfter(both, 3601);
      for (const { variables } of both.graphql.seen.slice(before)) tried.add(variables?.['gpuTypeId']);
    }
    tried.delete(undefined);
    expect(tried.size).toBe(25);
  });

  it('are requested for no further GPU types in the same hour when the GraphQL API fails', async () => {
    await using both = await openAfterRound();
    both.graphql.fail(() => answerWith(503, ''));
    expect(await supplementsAfter(both, 3601)).toBe(3);
    expect(await supplementsAfter(both, 301)).toBe(0);
  });

  it('lead to no spot prices and no pod sizes in the rows', async () => {
    await using both = await openAfterRound();
    const { nodes } = await ask(both);
    expect(
      nodes.filter(({ spotPrice, availableGpuCounts }) => spotPrice !== null || availableGpuCounts !== null),
    ).toEqual([]);
    expect(cellOf(nodes, 'NVIDIA L4', 'EUR-IS-1')).toMatchObject({
      available: true,
      spotObservedAt: expect.any(String),
    });
  });

  it('are requested at the usual rate once they contain something again for one GPU type', async () => {
    await using both = await openAfterRound();
    const first = both.graphql.seen.find(({ operationName }) => operationName === 'LowestPrices');
    const gpuTypeId = first?.variables?.['gpuTypeId'];
    both.graphql.fail(({ variables }) =>
      variables?.['gpuTypeId'] === undefined || variables['gpuTypeId'] === gpuTypeId ? undefined : withoutSpot,
    );
    expect(await supplementsAfter(both, 3700)).toBe(25);
    expect(await supplementsAfter(both, 301)).toBe(25);
  });

  it('are still requested once for a new pod size', async () => {
    await using both = await openAfterRound();
    await ask(both, undefined, { gpuCount: 2 });
    await quiet(both);
    expect(both.graphql.count('LowestPrices')).toBeGreaterThan(25);
  });
});

describe('a spot price', () => {
  it('is null when the bid is not below the price of the REST API', async () => {
    await using both = await openBoth();
    // The price of the REST API is 0.43, so this bid of 0.6 is not below it.
    both.graphql.stock.set('NVIDIA L4', 'EUR-IS-1', inStock('Low', 0.9, 0.6));
    await ask(both);
    await expect.poll(() => both.graphql.count('LowestPrices')).toBe(25);
    await quiet(both);
    const row = cellOf((await ask(both)).nodes, 'NVIDIA L4', 'EUR-IS-1');
    expect(row).toMatchObject({ available: true, spotPrice: null, spotObservedAt: expect.any(String) });
  });
});
