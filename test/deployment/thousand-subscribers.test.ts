import { describe, expect, it } from 'vitest';
import { inStock } from '../support/stock.ts';
import { L4 } from '../support/subscribed-changes.ts';
import { openLive, overSse } from '../support/subscribers.ts';

describe('a thousand subscriptions', () => {
  it('cause no additional requests to RunPod, and each of them gets an event once and within five seconds', {
    timeout: 120_000,
  }, async () => {
    await using gateway = await openLive({ FRESH_SECONDS: '4' });
    const { runPod, url } = gateway;
    const subscribers = Array.from({ length: 1000 }, () => overSse(url, { gpuType: 'L4' }));
    await gateway.subscribed(1000);
    const before = runPod.count('LowestPrices');
    runPod.stock.set(L4, 'EU-RO-1', inStock('High', 9));
    const changedAt = Date.now();
    await expect.poll(() => subscribers.filter(({ changes }) => changes.length === 1).length).toBe(1000);
    expect(Date.now() - changedAt).toBeLessThan(5000);
    expect(runPod.count('LowestPrices') - before).toBeLessThanOrEqual(2);
    expect(subscribers.every(({ changes }) => changes.length === 1)).toBe(true);
  });
});
