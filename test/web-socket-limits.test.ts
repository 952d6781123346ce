import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { openLive } from './support/subscribers.ts';
import { dial } from './support/web-socket-client.ts';

const MATRIX = `{ gpuAvailability(filter: { includeUnavailable: true }) { nodes { gpuType { id displayName } dataCenter { id name } stock } } }`;

describe('a WebSocket', () => {
  it('has a rate limit that counts connections and operations', async () => {
    await using gateway = await openLive({ RATE_LIMIT_PER_MINUTE: '3', TRUST_PROXY: 'loopback' });
    const connection = dial(gateway.url);
    await connection.init();
    for (const _ of [2, 3]) await connection.ask({ query: '{ upstream { source } }' });
    const { payload } = (await connection.ask({ query: '{ upstream { source } }' })) ?? {};
    expect(payload[0].extensions).toEqual({ code: 'RATE_LIMITED' });
    const [, response] = await once(dial(gateway.url).socket, 'unexpected-response');
    expect(response.statusCode).toBe(429);
    expect(response.headers['retry-after']).toMatch(/^[1-9]\d?$/);
  });

  it('is refused if too many WebSockets are open', async () => {
    await using gateway = await openLive({ MAX_SUBSCRIPTIONS: '2' });
    const [first] = [dial(gateway.url), dial(gateway.url)];
    await first?.init();
    expect(await dial(gateway.url).refused).toBe(503);
    first?.socket.close();
    await first?.closed;
    await dial(gateway.url).init();
  });

  it('is subject to the limits on the subscriptions and WebSockets of one client', async () => {
    await using gateway = await openLive({ MAX_SUBSCRIPTIONS_PER_CLIENT: '2', TRUST_PROXY: 'loopback' });
    const connection = dial(gateway.url);
    await connection.init();
    const query = 'subscription { gpuAvailabilityChanged { id } }';
    for (const id of ['1', '2']) connection.sendMessage({ type: 'subscribe', id, payload: { query } });
    await gateway.subscribed(2);
    const third = await connection.ask({ query });
    expect(third?.payload.errors[0].extensions).toEqual({ code: 'TOO_MANY_SUBSCRIPTIONS' });
    await dial(gateway.url).init();
    expect(await dial(gateway.url).refused).toBe(429);
  });

  it.each([
    ['pings', (i: number) => ({ type: 'ping', payload: { text: 'x'.repeat(100_000), i } })],
    ['operations', (i: number) => ({ type: 'subscribe', id: String(i), payload: { query: MATRIX } })],
  ])('is cut if its client does not read the responses to %s', async (_what, message) => {
    await using gateway = await openLive({ MAX_ANSWER_BYTES: '1000000', MAX_UNREAD_BYTES_PER_CLIENT: '1000000' });
    await gateway.ask(MATRIX);
    const connection = dial(gateway.url);
    await connection.init();
    connection.socket.pause();
    const sending = setInterval(() => {
      for (let i = 0; i < 2; i += 1) connection.sendMessage(message(Math.random()));
    }, 20);
    const isCut = () => gateway.logged.some((line) => JSON.parse(line).msg === 'connection ended');
    await expect.poll(isCut, { timeout: 45_000 }).toBe(true);
    clearInterval(sending);
  });
});
