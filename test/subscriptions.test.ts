import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { connect as openSocket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { answerWith } from './support/fake-runpod.ts';
import { inStock, NOTHING } from './support/stock.ts';
import { L4, summaryOf } from './support/subscribed-changes.ts';
import { openLive, overSse } from './support/subscribers.ts';

describe('a subscription', () => {
  it('applies its conditions, as a query does, to the row before and to the row after a change', async () => {
    await using gateway = await openLive();
    const { stock } = gateway.runPod;
    const one = { dataCenterIds: ['EU-RO-1'] };
    stock.set(L4, 'EU-RO-1', inStock('Low', 1));
    stock.set(L4, 'US-KS-2', inStock('Low', 1));
    const all = overSse(gateway.url);
    const pairs = overSse(gateway.url, { gpuCount: 2 });
    const cases = [
      { subscriber: overSse(gateway.url, { gpuType: L4, region: 'EUROPE' }), expected: [0, 1, 2, 3] },
      { subscriber: overSse(gateway.url, { gpuType: L4, region: 'ASIA' }), expected: [] },
      { subscriber: overSse(gateway.url, { gpuType: 'A100 PCIe' }), expected: [] },
      { subscriber: overSse(gateway.url, { filter: { ...one, minStock: 'HIGH' } }), expected: [1, 2] },
      { subscriber: overSse(gateway.url, { filter: { ...one, maxPricePerGpuHour: 1 } }), expected: [0] },
      { subscriber: overSse(gateway.url, { filter: { ...one, includeUnavailable: true } }), expected: [0, 1, 2, 3] },
    ];
    await gateway.subscribed(cases.length + 2, null);
    const steps = [inStock('Medium', 2), inStock('High', 2), inStock('Low', 3), NOTHING];
    for (const [index, next] of steps.entries()) {
      stock.set(L4, 'EU-RO-1', next);
      await expect.poll(() => all.changes).toHaveLength(index + 1);
    }
    for (const { subscriber, expected } of cases) {
      await expect.poll(() => subscriber.changes).toEqual(expected.map((index) => all.changes[index]));
    }
    await expect.poll(() => pairs.changes.length).toBeGreaterThan(0);
    expect(new Set(pairs.changes.map(({ after }) => after.gpuCount))).toEqual(new Set([2]));
  });

  it.each(['application/json', 'multipart/mixed', 'application/graphql-response+json'])(
    'is removed when the client accepts only %s, a format in which the gateway cannot send it',
    async (accept) => {
      await using gateway = await openLive();
      const body = JSON.stringify({ query: 'subscription { gpuAvailabilityChanged { id } }' });
      const headers = { accept, 'content-type': 'application/json' };
      const response = await fetch(gateway.url, { method: 'POST', headers, body });
      expect(response.status).toBe(406);
      await expect.poll(() => gateway.metric('gpu_gateway_subscriptions')).toBe(0);
    },
  );

  it('keeps no more answers fresh for one client than one operation may request', async () => {
    await using gateway = await openLive({ MAX_UPSTREAM_PER_OPERATION: '50', TRUST_PROXY: 'loopback' });
    overSse(gateway.url);
    await gateway.subscribed(1, null);
    const same = overSse(gateway.url);
    const few = overSse(gateway.url, { gpuType: 'L4', gpuCount: 2 });
    await gateway.subscribed(3);
    const many = overSse(gateway.url, { gpuCount: 2 });
    await expect.poll(() => many.codes).toEqual(['TOO_MANY_SUBSCRIPTIONS']);
    expect([same.codes, few.codes]).toEqual([[], []]);
  });

  it('reports a change that happened while the availability was unknown', async () => {
    await using gateway = await openLive({ STALE_SECONDS: '60', UPSTREAM_RETRIES: '0' });
    const { runPod } = gateway;
    runPod.stock.set(L4, 'EU-RO-1', NOTHING);
    const { changes } = overSse(gateway.url, { gpuType: 'L4' });
    await gateway.subscribed(1);
    runPod.fail(({ operationName }) => (operationName === 'LowestPrices' ? answerWith(404, '') : undefined));
    gateway.passSeconds(61);
    const isUnknown = async () => {
      const { data } = await gateway.ask('{ gpuAvailability(gpuType: "L4") { coverage { failed } } }');
      return data.gpuAvailability.coverage.failed > 0;
    };
    await expect.poll(isUnknown).toBe(true);
    runPod.stock.set(L4, 'EU-RO-1', inStock('High'));
    runPod.fail();
    gateway.passSeconds(6);
    await expect.poll(() => summaryOf(changes)).toContainEqual(['APPEARED', 'EU-RO-1', 'NONE', 'HIGH']);
  });

  it('sends no event for an outdated answer that arrives after a newer one', async () => {
    await using gateway = await openLive();
    const { runPod, ask } = gateway;
    runPod.stock.set(L4, 'EU-RO-1', inStock('High'));
    const held: (() => void)[] = [];
    runPod.fail(({ operationName }) =>
      operationName === 'LowestPrices'
        ? (response, good) => void held.push(() => answerWith(200, good)(response, good))
        : undefined,
    );
    // RunPod's answer to the next query is withheld. It arrives only after the client of this query has disconnected and the stock has
    // changed, so the answer is outdated.
    runPod.stock.set(L4, 'EU-RO-1', NOTHING);
    const client = new AbortController();
    const left = ask('{ gpuAvailability(gpuType: "L4") { totalCount } }', {}, { signal: client.signal }).catch(
      () => {},
    );
    await expect.poll(() => held).toHaveLength(1);
    client.abort();
    await left;
    runPod.stock.set(L4, 'EU-RO-1', inStock('High'));
    runPod.fail();
    const { changes } = overSse(gateway.url, { gpuType: 'L4' });
    await gateway.subscribed(1);
    for (const answer of held) answer();
    const asked = runPod.count('LowestPrices');
    await expect.poll(() => runPod.count('LowestPrices')).toBeGreaterThan(asked + 1);
    expect(changes).toEqual([]);
  });

  it('refreshes each answer in memory only once when the subscription begins', async () => {
    await using gateway = await openLive({ FRESH_SECONDS: '60' });
    const { runPod } = gateway;
    await gateway.ask('{ gpuAvailability { totalCount } }');
    const types = runPod.count('LowestPrices');
    gateway.passSeconds(300);
    const idle = async () =>
      (await gateway.metric('gpu_gateway_upstream_in_flight')) +
      (await gateway.metric('gpu_gateway_upstream_queue_length'));
    overSse(gateway.url);
    await expect.poll(() => runPod.count('LowestPrices')).toBeGreaterThanOrEqual(types * 2);
    await expect.poll(idle).toBe(0);
    expect(runPod.count('LowestPrices')).toBeLessThanOrEqual(types * 2 + 1);
  });

  it('can be sent as a hash from the second time on', async () => {
    await using gateway = await openLive();
    const query = 'subscription { gpuAvailabilityChanged { id } }';
    const sha256Hash = createHash('sha256').update(query).digest('hex');
    const extensions = { persistedQuery: { version: 1, sha256Hash } };
    const headers = { accept: 'text/event-stream', 'content-type': 'application/json' };
    for (const body of [{ query, extensions }, { extensions }]) {
      const response = await fetch(gateway.url, { method: 'POST', headers, body: JSON.stringify(body) });
      await gateway.subscribed(1);
      await response.body?.cancel();
      await expect.poll(() => gateway.metric('gpu_gateway_subscriptions')).toBe(0);
    }
  });

  it('reads nested availability again for each event', async () => {
    await using gateway = await openLive();
    const { stock } = gateway.runPod;
    stock.set(L4, 'EU-RO-1', NOTHING);
    const query = `subscription { gpuAvailabilityChanged(gpuType: "L4") { after { stock gpuType {
      availability(filter: { dataCenterIds: ["EU-RO-1"] }) { nodes { stock } } } } } }`;
    const response = await fetch(`${gateway.url}?query=${encodeURIComponent(query)}`, {
      headers: { accept: 'text/event-stream' },
    });
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    await gateway.subscribed(1);
    let text = '';
    for (const word of ['Low', 'High']) {
      stock.set(L4, 'EU-RO-1', inStock(word));
      const stockOfRow = `"availability":{"nodes":[{"stock":"${word.toUpperCase()}"}]}`;
      while (!text.includes(stockOfRow)) text += (await reader?.read())?.value ?? '';
    }
    await reader?.cancel();
  });

  it('may cost as much for each event as a whole query may cost', async () => {
    await using gateway = await openLive({ MAX_ANSWER_BYTES: '1000000' });
    const { stock } = gateway.runPod;
    stock.set(L4, 'EU-RO-1', NOTHING);
    // This subscription selects so much data that one event is within the limit, and five events together exceed it.
    const wide = Array.from(
      { length: 30 },
      (_, index) =>
        `a${index}: availability(filter: { includeUnavailable: true }) { nodes { id observedAt gpuType { id } dataCenter { id name location compliance } } }`,
    );
    const query = `subscription { gpuAvailabilityChanged(gpuType: "L4") { after { stock gpuType { ${wide.join(' ')} } } } }`;
    const response = await fetch(gateway.url, {
      method: 'POST',
      headers: { accept: 'text/event-stream', 'content-type': 'application/json' },
      body: JSON.stringify({ query }),
    });
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    await gateway.subscribed(1);
    for (const word of ['Low', 'High', 'Low', 'High', 'Low']) {
      stock.set(L4, 'EU-RO-1', inStock(word));
      let text = '';
      while (!text.includes(`"after":{"stock":"${word.toUpperCase()}"`)) {
        text += (await reader?.read())?.value ?? '';
        expect(text).not.toContain('OPERATION_TOO_COMPLEX');
      }
    }
    await reader?.cancel();
  });

  it('sends keep-alive comments over server-sent events when there is no event', async () => {
    await using gateway = await openLive({ FRESH_SECONDS: '3600' });
    const query = encodeURIComponent('subscription { gpuAvailabilityChanged { id } }');
    const response = await fetch(`${gateway.url}?query=${query}`, { headers: { accept: 'text/event-stream' } });
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    for (const _ of [1, 2, 3]) expect((await reader?.read())?.value).toBe(':\n\n');
    await reader?.cancel();
  });

  it.each(['text/event-stream', 'multipart/mixed;subscriptionSpec=1.0'])(
    'is cut off when its client does not read the response in the format %s',
    async (accept) => {
      await using gateway = await openLive();
      const { runPod, server, metric } = gateway;
      const { gpuTypes, dataCenters } = (await gateway.ask('{ gpuTypes { id } dataCenters { id } }')).data;
      const wordy = Array.from({ length: 40 }, (_, index) => `d${index}: dataCenter { id name location compliance }`);
      const query = `subscription { gpuAvailabilityChanged { after { ${wordy.join(' ')} } } }`;
      const body = JSON.stringify({ query });
      const socket = openSocket(Number(new URL(server.url).port), '127.0.0.1').pause();
      const headers = `accept: ${accept}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}`;
      socket.write(`POST /graphql HTTP/1.1\r\nhost: gateway.invalid\r\n${headers}\r\n\r\n${body}`);
      await gateway.subscribed(1, null);
      for (let round = 0; (await metric('gpu_gateway_subscriptions')) > 0; round += 1) {
        expect(round).toBeLessThan(30);
        const stock = inStock(round % 2 === 0 ? 'Low' : 'High', round + 1);
        for (const { id } of gpuTypes) for (const dataCenter of dataCenters) runPod.stock.set(id, dataCenter.id, stock);
        const swept = runPod.count('LowestPrices') + gpuTypes.length;
        const isOver = async () =>
          runPod.count('LowestPrices') > swept || (await metric('gpu_gateway_subscriptions')) === 0;
        await expect.poll(isOver).toBe(true);
      }
      // The gateway has cut off the subscription. The client can still read the data that was sent before. Then the connection ends.
      const ended = once(socket, 'close');
      socket.on('error', () => {}).resume();
      await ended;
      // Cutting off one subscription must not affect others.
      const another = overSse(gateway.url);
      await gateway.subscribed(1, null);
      expect(another.end()).toBeUndefined();
    },
  );
});
