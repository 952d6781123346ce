import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { createLagDetector } from '../src/http/event-loop-lag.ts';
import { startServer } from '../src/http/server.ts';
import { createGateway } from './support/gateway.ts';

/**
 * Calls `detector.tick` every `stepMs` milliseconds of simulated time. Starts at the time `from`, and stops `forMs` milliseconds later.
 * Returns the time of the last call.
 */
function tickFor(detector: ReturnType<typeof createLagDetector>, from: number, forMs: number, stepMs: number): number {
  let now = from;
  while (now < from + forMs) {
    now += stepMs;
    detector.tick(now);
  }
  return now;
}

describe('an overload', () => {
  it('begins after the event loop has lagged for some seconds, and ends after some seconds without lag', () => {
    const detector = createLagDetector(0);
    let now = tickFor(detector, 0, 1500, 150);
    expect(detector.isOverloaded()).toBe(false);
    now = tickFor(detector, now, 4000, 150);
    expect(detector.isOverloaded()).toBe(true);
    now = tickFor(detector, now, 2000, 20);
    expect(detector.isOverloaded()).toBe(true);
    tickFor(detector, now, 2000, 20);
    expect(detector.isOverloaded()).toBe(false);
  });

  it('does not begin if only an occasional response is slow', () => {
    const detector = createLagDetector(0);
    let now = 0;
    for (let second = 0; second < 20; second += 1) {
      now = tickFor(detector, now, 150, 150);
      now = tickFor(detector, now, 850, 20);
    }
    expect(detector.isOverloaded()).toBe(false);
  });
});

const names = Array.from({ length: 10 }, (_none, index) => `${'a'.repeat(100)}${index}: stock`).join(' ');
const LARGE = `{ gpuAvailability(filter: { includeUnavailable: true }) { nodes { ${names} } } }`;
const ROWS = `{ ${['a', 'b', 'c'].map((key) => `${key}: gpuAvailability(filter: { includeUnavailable: true }) { totalCount }`).join(' ')} }`;
const LONG = `{ gpuTypes { id } } # ${'x'.repeat(10_000)}`;
const SMALL = '{ gpuAvailability(gpuType: "L4") { totalCount } }';

const closing: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

async function open() {
  let isOverloaded = false;
  const gateway = createGateway({}, undefined, undefined, () => isOverloaded);
  const { listener, log, webSockets } = gateway;
  const server = await startServer(listener, { host: '127.0.0.1', port: 0, log, webSockets });
  closing.push(() => server.close(0));
  async function ask(query: string, accept = 'application/json', variables: object = {}) {
    const response = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept },
      body: JSON.stringify({ query, variables }),
    });
    const text = await response.text();
    const { status, headers } = response;
    return { status, retryAfter: headers.get('retry-after'), code: /"code":"(\w+)"/.exec(text)?.[1] };
  }
  return { ...gateway, server, ask, overload: (is: boolean) => (isOverloaded = is) };
}

const REFUSED = { status: 503, retryAfter: '5', code: 'OVERLOADED' };
const SENT = { status: 200, retryAfter: null, code: undefined };

describe('while the event loop lags', () => {
  it.each([
    ['a large response', LARGE],
    ['many rows', ROWS],
    ['a long document', LONG],
  ])('an operation with %s is refused, and is accepted once the lag has ended', async (_what, query) => {
    const { ask, overload } = await open();
    overload(true);
    expect(await ask(query)).toEqual(REFUSED);
    overload(false);
    expect(await ask(query)).toEqual(SENT);
  });

  it('a small query is answered, and so are /health and /ready', async () => {
    const { ask, overload, keepReady, server } = await open();
    void keepReady();
    await expect.poll(async () => (await fetch(`${server.url}/ready`)).status).toBe(200);
    overload(true);
    expect(await ask(SMALL)).toEqual(SENT);
    for (const path of ['/health', '/ready']) expect((await fetch(server.url + path)).status).toBe(200);
  });

  it('a large response is not assembled from known rows, but a response that is already finished is sent', async () => {
    const { ask, overload } = await open();
    for (let count = 0; count < 4; count += 1) expect(await ask(LARGE)).toEqual(SENT);
    overload(true);
    expect(await ask(LARGE)).toEqual(SENT);
    expect(await ask(LARGE, undefined, { another: 'body' })).toEqual(REFUSED);
  });

  it.each(['text/event-stream', 'multipart/mixed'])('a large response of the type %s is refused', async (accept) => {
    const { ask, overload } = await open();
    overload(true);
    expect(await ask(LARGE, accept)).toMatchObject({ code: 'OVERLOADED' });
  });

  it('a large response over a WebSocket is refused with an error, and the connection stays open', async () => {
    const { server, overload } = await open();
    overload(true);
    const socket = new WebSocket(`${server.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
    closing.push(() => socket.terminate());
    const payloads: unknown[] = [];
    socket.on('message', (data) => {
      const { type, payload } = JSON.parse((data as Buffer).toString());
      if (type === 'next') payloads.push(payload.errors?.[0].extensions ?? payload);
      if (type !== 'connection_ack') return;
      for (const [id, query] of [LARGE, SMALL].entries()) {
        socket.send(JSON.stringify({ type: 'subscribe', id: String(id), payload: { query } }));
      }
    });
    socket.once('open', () => socket.send(JSON.stringify({ type: 'connection_init' })));
    await expect.poll(() => payloads).toHaveLength(2);
    expect(payloads).toContainEqual({ code: 'OVERLOADED' });
    expect(payloads).toContainEqual({ data: { gpuAvailability: { totalCount: expect.any(Number) } } });
  });

  it('each refusal is counted, and none is logged as a fault', async () => {
    const { ask, overload, get, logged } = await open();
    overload(true);
    for (const query of [LARGE, ROWS, LONG]) await ask(query);
    const { body } = await get('/metrics');
    expect(body).toContain('gpu_gateway_overload_refusals_total{shortage="time"} 3');
    expect(logged.filter((line) => JSON.parse(line).level >= 40)).toEqual([]);
  });
});
