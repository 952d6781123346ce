import { describe, expect, it } from 'vitest';
import { inStock, NOTHING } from './support/stock.ts';
import { L4, summaryOf } from './support/subscribed-changes.ts';
import { openLive, overSse, TRANSPORTS } from './support/subscribers.ts';

describe.each(TRANSPORTS)('a subscriber over %s', (_name, subscribe) => {
  it('gets each change once, with its kind', async () => {
    await using gateway = await openLive();
    const { stock } = gateway.runPod;
    stock.set(L4, 'EU-RO-1', NOTHING);
    const { changes } = subscribe(gateway.url, { gpuType: 'L4' });
    await gateway.subscribed(1);
    const steps = [
      [inStock('Low'), 'APPEARED', 'NONE', 'LOW'],
      [inStock('High', 2), 'STOCK_CHANGED', 'LOW', 'HIGH'],
      [inStock('High', 2, 0.5), 'PRICE_CHANGED', 'HIGH', 'HIGH'],
      [NOTHING, 'DISAPPEARED', 'HIGH', 'NONE'],
    ] as const;
    for (const [index, [next, kind, before, after]] of steps.entries()) {
      stock.set(L4, 'EU-RO-1', next);
      await expect.poll(() => changes.length).toBe(index + 1);
      expect(summaryOf(changes).at(-1)).toEqual([kind, 'EU-RO-1', before, after]);
    }
    expect(new Set(changes.map(({ id }) => id)).size).toBe(4);
    expect(changes.map(({ before, after }) => before.observedAt < after.observedAt)).toEqual([true, true, true, true]);
  });

  it('gets the missed changes when it reconnects, and an error if they are no longer known', async () => {
    await using gateway = await openLive();
    const { stock } = gateway.runPod;
    stock.set(L4, 'EU-RO-1', NOTHING);
    const watcher = overSse(gateway.url, { gpuType: 'L4' });
    const first = subscribe(gateway.url, { gpuType: 'L4' });
    await gateway.subscribed(2);
    stock.set(L4, 'EU-RO-1', inStock('Low'));
    await expect.poll(() => first.changes).toHaveLength(1);
    first.leave();
    await gateway.subscribed(1);
    for (const word of ['Medium', 'High']) {
      stock.set(L4, 'EU-RO-1', inStock(word));
      await expect.poll(() => watcher.changes.at(-1)?.after.stock).toBe(word.toUpperCase());
    }
    const lastEventId = first.changes.at(-1)?.id;
    const second = subscribe(gateway.url, { gpuType: 'L4', lastEventId });
    await expect.poll(() => second.changes).toEqual(watcher.changes.slice(1));
    gateway.passSeconds(601);
    const quiet = subscribe(gateway.url, { gpuType: 'L4', lastEventId: watcher.changes.at(-1)?.id });
    await gateway.subscribed(3);
    expect(quiet.codes).toEqual([]);
    for (const id of [lastEventId, 'nonsense']) {
      const late = subscribe(gateway.url, { gpuType: 'L4', lastEventId: id });
      await expect.poll(() => late.codes).toEqual(['EVENTS_MISSED']);
    }
  });

  it('gets rows with the same ids as queries', async () => {
    await using gateway = await openLive();
    gateway.runPod.stock.set(L4, 'EU-RO-1', NOTHING);
    const { changes } = subscribe(gateway.url, { gpuType: 'L4' });
    await gateway.subscribed(1);
    gateway.runPod.stock.set(L4, 'EU-RO-1', inStock('Low'));
    await expect.poll(() => changes.length).toBe(1);
    const query = '{ gpuAvailability(gpuType: "L4", filter: { dataCenterIds: ["eu-ro-1"] }) { nodes { id } } }';
    const [row] = (await gateway.ask(query)).data.gpuAvailability.nodes;
    expect([changes[0]?.before.id, changes[0]?.after.id]).toEqual([row.id, row.id]);
  });

  it('gets only the changes that meet its conditions on GPU type names and regions', async () => {
    await using gateway = await openLive();
    const { stock } = gateway.runPod;
    const places = ['EU-RO-1', 'US-KS-2', 'CA-MTL-1'];
    for (const place of places) stock.set(L4, place, NOTHING);
    const filter = { nameContains: 'nvidia-l4', regions: ['EUROPE', 'ASIA'] };
    const { changes } = subscribe(gateway.url, { gpuType: 'l4', filter });
    const others = subscribe(gateway.url, { gpuType: 'L4', filter: { nameContains: 'rtx' } });
    const all = subscribe(gateway.url, { gpuType: 'L4' });
    await gateway.subscribed(3);
    for (const place of places) stock.set(L4, place, inStock('Low'));
    await expect.poll(() => all.changes.length).toBe(3);
    expect(changes.map(({ after }) => after.dataCenter.id)).toEqual(['EU-RO-1']);
    expect(others.changes).toEqual([]);
  });

  it.each([
    [{ filter: { minMemoryGb: -1 } }, 'BAD_USER_INPUT'],
    [{ filter: { nameContains: 'x'.repeat(101) } }, 'BAD_USER_INPUT'],
    [{ gpuType: 'RTX 490' }, 'BAD_USER_INPUT'],
    [{ gpuCount: 17 }, 'BAD_USER_INPUT'],
    [{ filter: { countryCodes: ['Romania'] } }, 'BAD_USER_INPUT'],
  ])('is refused for invalid arguments: %j', async (variables, code) => {
    await using gateway = await openLive();
    const subscriber = subscribe(gateway.url, variables);
    await expect.poll(() => subscriber.codes).toEqual([code]);
    expect(await gateway.metric('gpu_gateway_subscriptions')).toBe(0);
  });

  it('is removed as soon as it disconnects, even when no event is sent', async () => {
    await using gateway = await openLive({ FRESH_SECONDS: '3600' });
    const subscribers = Array.from({ length: 20 }, () => subscribe(gateway.url));
    await gateway.subscribed(20);
    for (const { leave } of subscribers) leave();
    await expect.poll(() => gateway.metric('gpu_gateway_subscriptions')).toBe(0);
  });

  it('is refused if the gateway has too many subscriptions, and accepted when one of them has ended', async () => {
    await using gateway = await openLive({ MAX_SUBSCRIPTIONS: '2' });
    const [first] = [subscribe(gateway.url), subscribe(gateway.url)];
    await gateway.subscribed(2);
    const { ask, url } = gateway;
    const third = overSse(url);
    await expect.poll(() => third.codes).toEqual(['TOO_MANY_SUBSCRIPTIONS']);
    first?.leave();
    await gateway.subscribed(1);
    // A WebSocket still counts for a moment after its subscription has ended, and for that moment the gateway refuses a new WebSocket. So
    // the test tries again.
    const next = [subscribe(url)];
    await expect
      .poll(() => {
        if (next.at(-1)?.end() !== undefined) next.push(subscribe(url));
        return gateway.metric('gpu_gateway_subscriptions');
      })
      .toBe(2);
    expect(next.flatMap(({ codes }) => codes)).toEqual([]);
    expect((await ask('{ upstream { source } }')).errors).toBeUndefined();
  });

  it('is refused if its client address has too many subscriptions', async () => {
    await using gateway = await openLive({ MAX_SUBSCRIPTIONS_PER_CLIENT: '2', TRUST_PROXY: 'loopback' });
    subscribe(gateway.url);
    subscribe(gateway.url);
    await gateway.subscribed(2);
    const third = subscribe(gateway.url);
    await expect.poll(third.end).toBeDefined();
    overSse(gateway.url, {}, { 'x-forwarded-for': '192.0.2.1' });
    await gateway.subscribed(3);
  });

  it('is completed when the gateway stops', async () => {
    await using gateway = await openLive();
    const subscriber = subscribe(gateway.url);
    await gateway.subscribed(1);
    gateway.stop();
    await expect.poll(subscriber.end).toBe('complete');
    const late = subscribe(gateway.url);
    await expect.poll(late.end).toBe('complete');
  });
});
