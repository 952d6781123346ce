import { once } from 'node:events';
import { existsSync } from 'node:fs';
import type { Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import type { WebSocket } from 'ws';
import {
  type Attacked,
  bestWait,
  dial,
  dialWebSocket,
  endAttacks,
  readResponse,
  requestOf,
  startAttacked,
} from '../support/attacked-gateway.ts';
import { QUESTIONS_IN_ROWS } from '../support/hostile-operations.ts';
import { MAX_WAIT_MS } from '../support/withstood-attacks.ts';

/** Returns a field that selects `aliases` long aliases in each of about 1,600 rows. Each alias adds 200 kB to the response. */
function longField(key: string, aliases: number): string {
  const name = (index: number) => `${'a'.repeat(120)}${key}${String(index).padStart(2, '0')}`;
  const names = Array.from({ length: aliases }, (_none, index) => `${name(index)}: stock`).join(' ');
  return `${key}: gpuAvailability(filter: { includeUnavailable: true }) { nodes { id ${names} } }`;
}

/** A query with a response of 10 MB. The response has to be this large, because the operating system buffers several MB per connection. */
const LARGE = `{ ${longField('x', 23)} ${longField('y', 23)} }`;
const LARGE_BYTES = 9_900_000;

/** A query with a response of 2 MB. */
const MEDIUM = `{ ${longField('x', 9)} }`;

const SMALL = '{ gpuAvailability(gpuType: "L4", first: 1) { totalCount } }';

/** The limit on memory use, in MB. It allows for an idle gateway, twice the 100 MB of unread bytes, and the responses in progress. */
const MAX_MEGABYTES = 650;

afterEach(endAttacks);

/** Sends all queries over one WebSocket, and reads no responses. */
async function sendOverWebSocket(url: string, queries: readonly string[]): Promise<WebSocket> {
  const socket = await dialWebSocket(url);
  socket.pause();
  for (const [id, query] of queries.entries()) {
    socket.send(JSON.stringify({ type: 'subscribe', id: String(id), payload: { query } }));
  }
  return socket;
}

const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_none, index) => make(index));

/** Reads a response in portions of 200 kB, with a pause after each portion. */
async function readSlowly(socket: Socket): Promise<{ status: number; bytes: number }> {
  let sincePause = 0;
  socket.on('data', (part: Buffer) => {
    sincePause += part.length;
    if (sincePause < 200_000) return;
    sincePause = 0;
    socket.pause();
    setTimeout(() => socket.resume(), 100);
  });
  return readResponse(socket);
}

describe.skipIf(!existsSync('/proc/self/status'))('a gateway with 512 MB of heap', () => {
  /**
   * Resolves to the number of cut connections plus the number of refused operations. Both count, because on a slow machine the gateway may
   * refuse operations and cut no connection.
   */
  async function cutsAndRefusals(gateway: Attacked): Promise<number> {
    const cuts = ['client', 'all'].map((limit) => gateway.metric(`gpu_gateway_unread_cuts_total{limit="${limit}"}`));
    const refusals = ['client', 'room', 'time'].map((shortage) =>
      gateway.metric(`gpu_gateway_overload_refusals_total{shortage="${shortage}"}`),
    );
    return (await Promise.all([...cuts, ...refusals])).reduce((sum, count) => sum + count, 0);
  }

  const dialMany = (gateway: Attacked, count: number) => Promise.all(times(count, () => dial(gateway.url)));

  it.each([
    ['application/json', LARGE],
    ['text/event-stream', LARGE],
    ['multipart/mixed', LARGE.replaceAll('nodes {', 'nodes @stream(initialCount: 100000) {')],
    ['multipart/mixed', LARGE.replaceAll('nodes {', 'nodes @stream(initialCount: 0) {')],
  ])('survives 20 clients that request the largest responses as %s and read nothing', async (accept, query) => {
    const gateway = await startAttacked();
    for (const socket of await dialMany(gateway, 20)) socket.write(gateway.post(query, accept));
    await expect.poll(() => cutsAndRefusals(gateway), { timeout: 60_000 }).toBeGreaterThan(0);
    expect(await gateway.metric('gpu_gateway_unread_bytes')).toBeLessThanOrEqual(100_000_000);
    expect(gateway.lives()).toBe(true);
    expect(gateway.peakMegabytes()).toBeLessThan(MAX_MEGABYTES);
  });

  it('survives 100 clients that request the largest responses and then disconnect', async () => {
    const gateway = await startAttacked();
    for (let index = 0; index < 100; index += 1) {
      const socket = await dial(gateway.url);
      socket.write(gateway.post(LARGE.replace('{', `{ # ${index}\n`)));
      await wait(20);
      socket.destroy();
    }
    await expect.poll(() => gateway.metric('gpu_gateway_large_operations'), { timeout: 60_000 }).toBe(0);
    expect(gateway.lives()).toBe(true);
    expect(gateway.peakMegabytes()).toBeLessThan(MAX_MEGABYTES);
  });

  it('survives 12 clients that query seven fields in each of 12,000 rows', async () => {
    const gateway = await startAttacked();
    const responses = (await dialMany(gateway, 12)).map(async (socket) => {
      socket.write(requestOf(gateway.url, QUESTIONS_IN_ROWS, ['accept: application/json']));
      return readResponse(socket);
    });
    const statuses = new Set((await Promise.all(responses)).map(({ status }) => status));
    // 503 is allowed: the gateway refuses an operation that has waited 15 s for the memory for its response.
    expect(statuses.has(400)).toBe(true);
    expect([...statuses].filter((status) => status !== 400 && status !== 503)).toEqual([]);
    expect(gateway.lives()).toBe(true);
    expect(gateway.peakMegabytes()).toBeLessThan(MAX_MEGABYTES);
  });

  it('survives a client that pipelines eight large queries and reads no response', async () => {
    const gateway = await startAttacked();
    const socket = await dial(gateway.url);
    socket.write(gateway.post(LARGE).repeat(8));
    await expect.poll(() => cutsAndRefusals(gateway), { timeout: 60_000 }).toBeGreaterThan(0);
    expect(await gateway.metric('gpu_gateway_unread_bytes')).toBeLessThanOrEqual(40_000_000);
    expect(gateway.peakMegabytes()).toBeLessThan(MAX_MEGABYTES);
    expect(gateway.lives()).toBe(true);
  });

  it('survives eight WebSockets that request four large responses each and read nothing', async () => {
    const gateway = await startAttacked();
    await Promise.all(
      times(8, () =>
        sendOverWebSocket(
          gateway.url,
          times(4, () => LARGE),
        ),
      ),
    );
    await expect.poll(() => cutsAndRefusals(gateway), { timeout: 60_000 }).toBeGreaterThan(0);
    expect(gateway.lives()).toBe(true);
    expect(gateway.peakMegabytes()).toBeLessThan(MAX_MEGABYTES);
  });

  it('sends the largest responses in full to 60 clients that read them, or refuses the requests with 503', async () => {
    const gateway = await startAttacked();
    const responses = (await dialMany(gateway, 60)).map(async (socket) => {
      socket.write(gateway.post(LARGE));
      return readResponse(socket);
    });
    const statuses = new Map<number, number>();
    for (const { status, bytes } of await Promise.all(responses)) {
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      if (status === 200) expect(bytes).toBeGreaterThan(LARGE_BYTES);
    }
    // 503 is allowed, because on a slow machine the gateway refuses some requests when its event loop lags.
    expect([...statuses.keys()].filter((status) => status !== 200 && status !== 503)).toEqual([]);
    expect(statuses.get(200)).toBeGreaterThan(0);
    expect(gateway.peakMegabytes()).toBeLessThan(MAX_MEGABYTES);
  });

  it('counts an IPv6 prefix as one client, and has memory left for other clients', async () => {
    const gateway = await startAttacked({ TRUST_PROXY: 'loopback' });
    for (const [index, socket] of (await dialMany(gateway, 10)).entries()) {
      socket.write(gateway.post(LARGE, 'application/json', `2001:db8::${index + 1}`));
    }
    const atLimit = async () =>
      (await gateway.metric('gpu_gateway_unread_cuts_total{limit="client"}')) +
      (await gateway.metric('gpu_gateway_overload_refusals_total{shortage="client"}'));
    await expect.poll(atLimit, { timeout: 60_000 }).toBeGreaterThan(0);
    const other = await dial(gateway.url);
    other.write(gateway.post(MEDIUM, 'application/json', '2001:db8:0:1::1'));
    expect((await readResponse(other)).status).toBe(200);
    expect(await gateway.metric('gpu_gateway_unread_cuts_total{limit="all"}')).toBe(0);
  });

  it('answers a small query at once while 40 clients leave six responses each unread', async () => {
    const gateway = await startAttacked();
    const attack = async () => {
      for (const socket of await dialMany(gateway, 40)) {
        socket.write(gateway.post(LARGE).repeat(6));
        await wait(50);
      }
    };
    expect(await bestWait(gateway, attack, { enoughMs: MAX_WAIT_MS })).toBeLessThan(MAX_WAIT_MS);
    expect(await cutsAndRefusals(gateway)).toBeGreaterThan(0);
  });

  it('sends a slow reader its whole response while it cuts stalled connections', async () => {
    const gateway = await startAttacked();
    const reader = await dial(gateway.url);
    reader.write(gateway.post(LARGE));
    await once(reader, 'readable');
    const reading = readSlowly(reader);
    for (const socket of await dialMany(gateway, 40)) socket.write(gateway.post(MEDIUM).repeat(6));
    const { status, bytes } = await reading;
    expect(status).toBe(200);
    expect(bytes).toBeGreaterThan(LARGE_BYTES);
    const cuts = () => gateway.metric('gpu_gateway_unread_cuts_total{limit="all"}');
    await expect.poll(cuts, { timeout: 30_000 }).toBeGreaterThan(0);
  });

  it('stops within 10 s even if clients read nothing', async () => {
    const gateway = await startAttacked();
    for (const socket of await dialMany(gateway, 5)) socket.write(gateway.post(LARGE));
    await expect.poll(() => gateway.metric('gpu_gateway_unread_bytes'), { timeout: 30_000 }).toBeGreaterThan(0);
    expect(await gateway.stop()).toBe(0);
  });
});

describe('a gateway whose event loop lags', () => {
  it('refuses large responses with 503 and Retry-After, sends small responses, and recovers', async () => {
    const gateway = await startAttacked();
    let asked = 0;
    // Each request body is different, so that the gateway has to execute each operation and cannot reuse a stored response.
    const ask = async (query: string) => {
      asked += 1;
      const body = JSON.stringify({ query, variables: { unused: asked } });
      const headers = { 'content-type': 'application/json' };
      const response = await fetch(gateway.url, { method: 'POST', headers, body });
      await response.text();
      return { status: response.status, retryAfter: response.headers.get('retry-after') };
    };
    const statusOf = async (path: string) => (await fetch(new URL(path, gateway.url))).status;
    expect((await ask(MEDIUM)).status).toBe(200);
    // Suspends the gateway most of the time, which has the same effect as a blocked event loop.
    const stopping = setInterval(() => {
      gateway.signal('SIGSTOP');
      setTimeout(() => gateway.signal('SIGCONT'), 250);
    }, 300);
    await expect.poll(async () => (await ask(MEDIUM)).status, { timeout: 30_000 }).toBe(503);
    expect(await ask(MEDIUM)).toEqual({ status: 503, retryAfter: '5' });
    expect((await ask(SMALL)).status).toBe(200);
    expect([await statusOf('/health'), await statusOf('/ready')]).toEqual([200, 200]);
    clearInterval(stopping);
    await expect.poll(async () => (await ask(MEDIUM)).status, { timeout: 30_000 }).toBe(200);
    expect(await gateway.metric('gpu_gateway_overload_refusals_total{shortage="time"}')).toBeGreaterThan(0);
  });
});
