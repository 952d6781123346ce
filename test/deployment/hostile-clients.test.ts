import { once } from 'node:events';
import { existsSync } from 'node:fs';
import type { Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import {
  type Attacked,
  bestWait,
  closeConnections,
  dial,
  dialWebSocket,
  endAttacks,
  readResponse,
  requestOf,
  startAttacked,
} from '../support/attacked-gateway.ts';
import {
  distinctDocument,
  EVERY_FIELD,
  entities,
  LARGEST,
  longBody,
  QUESTIONS_IN_ROWS,
  rowsWithLongAlias,
  UNKNOWN_IN_ROWS,
} from '../support/hostile-operations.ts';

/**
 * The maximum time by which an attack may lengthen the wait of another client, in milliseconds. The limit applies to the best of several
 * rounds.
 */
const MAX_WAIT_MS = 250;

/** The limit on the memory of the gateway's process, in MB. An idle gateway uses 150 MB. */
const MAX_MEGABYTES = 450;

const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_none, index) => make(index));

/** Sends one request on a new connection. Returns the status and the length of the response. */
async function sendOnce({ url }: Attacked, body: string, headers: readonly string[]) {
  const socket = await dial(url);
  const accept = headers.some((line) => line.startsWith('accept:')) ? [] : ['accept: application/json'];
  socket.write(requestOf(url, body, [...accept, ...headers]));
  const answer = await readResponse(socket);
  socket.destroy();
  return answer;
}

/**
 * Sends a request, and repeats it for as long as the gateway refuses it with 503. On a slow machine, the gateway refuses requests because
 * its event loop lags.
 */
async function send(to: Attacked, body: string, headers: readonly string[] = []) {
  for (;;) {
    const answer = await sendOnce(to, body, headers);
    if (answer.status !== 503) return answer;
    await wait(200);
  }
}

/** Sends all bodies, two at a time. Returns the statuses of the responses. */
async function sendAll(to: Attacked, bodies: readonly string[]): Promise<readonly number[]> {
  const statuses: number[] = [];
  const left = [...bodies];
  const sendSome = async () => {
    for (let body = left.pop(); body !== undefined; body = left.pop()) {
      statuses.push((await send(to, body)).status);
    }
  };
  await Promise.all([sendSome(), sendSome()]);
  return statuses;
}

/**
 * Runs an operation over a WebSocket, and repeats it for as long as the gateway refuses it because of overload. Resolves to the number of
 * received bytes.
 */
async function askOverWebSocket(to: Attacked, body: string): Promise<number> {
  const socket = await dialWebSocket(to.url);
  let bytes = 0;
  const ended = new Promise<boolean>((resolve, reject) => {
    let isRefused = false;
    socket.once('close', () => reject(new Error('the connection was closed')));
    socket.on('message', (message: Buffer) => {
      bytes += message.length;
      isRefused ||= message.length < 1000 && message.includes('OVERLOADED');
      if (/"type":"(?:complete|error)"/.test(message.subarray(0, 80).toString())) resolve(isRefused);
    });
  });
  socket.send(`{"id":"1","type":"subscribe","payload":${body}}`);
  const isRefused = await ended;
  socket.removeAllListeners('close').terminate();
  if (!isRefused) return bytes;
  await wait(200);
  return askOverWebSocket(to, body);
}

let gateway: Attacked;

/**
 * Repeats an attack. Expects that another client waits for less than `MAX_WAIT_MS` during at least one attack, that the peak of memory use
 * is below the limit, and that the gateway still runs.
 */
async function withstand(attack: () => Promise<unknown>, headersOf?: () => Record<string, string>) {
  gateway.resetPeak();
  const options = { rounds: 12, enoughMs: MAX_WAIT_MS, ...(headersOf && { headersOf }) };
  expect(await bestWait(gateway, attack, options)).toBeLessThan(MAX_WAIT_MS);
  expect(gateway.lives()).toBe(true);
  expect(gateway.peakMegabytes()).toBeLessThan(MAX_MEGABYTES);
}

/** Starts one gateway for all tests of the surrounding `describe`. */
function useGateway(env: Readonly<Record<string, string>> = {}): void {
  beforeAll(async () => {
    gateway = await startAttacked(env);
  });
  afterEach(closeConnections);
  afterAll(endAttacks);
}

const isLinux = existsSync('/proc/self/clear_refs');

describe.skipIf(!isLinux)('a gateway with 512 MB of heap answers its other clients', () => {
  useGateway();

  it.each([
    ['a query with 24 times the whole matrix and an alias of 9,000 characters', rowsWithLongAlias(24, 9000), 400],
    ['a query with the whole matrix and an alias of 300,000 characters', rowsWithLongAlias(1, 300_000), 400],
    [
      'a query for 1,000 entities that selects the availability of an unknown GPU type in each',
      entities('availability(gpuType: "no such type") { totalCount }'),
      400,
    ],
  ])('during %s', async (_what, body, status) => {
    await withstand(async () => {
      const answer = await send(gateway, body);
      expect(answer.status).toBe(status);
      expect(answer.bytes).toBeLessThan(200_000);
    });
  });

  it('during an operation with seven fields that query availability in each of 12,000 rows', async () => {
    await withstand(async () => {
      const { status } = await send(gateway, QUESTIONS_IN_ROWS);
      expect(status).toBe(400);
    });
  });

  it.each([1, 10])('during a query with %i deferred fields for an unknown GPU type in each row', async (count) => {
    await withstand(async () => {
      const { bytes } = await send(gateway, UNKNOWN_IN_ROWS(count), ['accept: multipart/mixed']);
      expect(bytes).toBeLessThan(2_000_000);
    });
  });

  it.each(['/./graphql', '/%2e/graphql'])('during a request to %s with an endless body', async (path) => {
    const chunk = `10000\r\n${'x'.repeat(65_536)}\r\n`;
    await withstand(async () => {
      const socket = await dial(gateway.url);
      const headers = ['host: gateway', 'content-type: application/json', 'transfer-encoding: chunked'];
      socket.write(`POST ${path} HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n`);
      // The limit is generous because the operating system buffers several megabytes on both sides.
      expect(await bytesTaken(socket, chunk)).toBeLessThan(20_000_000);
    });
  });

  it.each([
    ['878 different documents of 24 kB', 878, (index: number) => distinctDocument(index, 24_000)],
    ['446 different documents of 990 kB', 446, (index: number) => longBody(index, 990_000)],
  ])('during %s', async (_what, count, bodyOf) => {
    gateway.resetPeak();
    const rounds = 6;
    let sent = 0;
    const attack = async () => {
      const bodies = times(Math.ceil(count / rounds), (index) => bodyOf(sent + index));
      sent += bodies.length;
      expect(new Set(await sendAll(gateway, bodies))).toEqual(new Set([200]));
    };
    // With an `enoughMs` of 0, the attack does not end early. So all rounds take place, and all documents are sent.
    expect(await bestWait(gateway, attack, { rounds, enoughMs: 0 })).toBeLessThan(MAX_WAIT_MS);
    expect(gateway.lives()).toBe(true);
    expect(gateway.peakMegabytes()).toBeLessThan(MAX_MEGABYTES);
  });

  it.each([
    ['in one JSON text', LARGEST.every, 'application/json'],
    ['of 50,000 small rows', LARGEST.rows, 'application/json'],
    ['of availability in data centers', LARGEST.nested, 'application/json'],
    ['of 1,000 entities', LARGEST.entities, 'application/json'],
    ['with @defer', LARGEST.defer, 'multipart/mixed'],
    ['with @stream', LARGEST.stream, 'multipart/mixed'],
    ['in one event', LARGEST.every, 'text/event-stream'],
    ['in several events with @stream', LARGEST.stream, 'text/event-stream'],
  ])('while it sends the largest possible response %s', async (_what, body, accept) => {
    let most = 0;
    await withstand(async () => {
      const { status, bytes } = await send(gateway, body, [`accept: ${accept}`]);
      expect(status).toBe(200);
      most = Math.max(most, bytes);
    });
    expect(most).toBeGreaterThan(600_000);
  });

  it.each([
    ['in one message', LARGEST.every],
    ['of 50,000 small rows', LARGEST.rows],
    ['with @defer', LARGEST.defer],
    ['with @stream', LARGEST.stream],
  ])('while it sends the largest possible response over a WebSocket %s', async (_what, body) => {
    let bytes = 0;
    await withstand(async () => {
      bytes = Math.max(bytes, await askOverWebSocket(gateway, body));
    });
    expect(bytes).toBeGreaterThan(600_000);
  });
});

/**
 * Sends bytes until the gateway closes the connection, or until 100 MB are sent. Resolves to the number of bytes that the connection has
 * accepted.
 */
async function bytesTaken(socket: Socket, chunk: string): Promise<number> {
  const closed = new Promise<void>((resolve) => void socket.once('close', () => resolve()));
  socket.resume();
  while (!socket.destroyed && socket.bytesWritten < 100_000_000) {
    if (socket.write(chunk)) continue;
    const drained = new Promise<void>((resolve) => void socket.once('drain', resolve));
    await Promise.race([drained, closed]);
  }
  socket.destroy();
  return socket.bytesWritten;
}

describe.skipIf(!isLinux)('a gateway with client keys answers clients with a valid key', () => {
  useGateway({ CLIENT_API_KEYS: 'key-one' });

  it.each([
    ['without a key', [], 401],
    ['with a wrong content type', ['authorization: Bearer key-one', 'content-type: text/plain'], 415],
  ])('during requests of 990 kB %s', async (_what, headers, status) => {
    const attack = async () => {
      const body = longBody(0, 990_000);
      for (const answer of await Promise.all(times(6, () => send(gateway, body, headers)))) {
        expect(answer.status).toBe(status);
      }
    };
    await withstand(attack, () => ({ authorization: 'Bearer key-one' }));
  });
});

/** Creates headers in which a proxy reports a different client address for each request. */
function createAddresses(): () => Record<string, string> {
  let count = 0;
  return () => {
    count += 1;
    return { 'x-forwarded-for': `10.${count >> 16}.${(count >> 8) & 255}.${count & 255}` };
  };
}

describe.skipIf(!isLinux)('a gateway with a limit of ten requests a minute', () => {
  useGateway({ TRUST_PROXY: 'loopback', RATE_LIMIT_PER_MINUTE: '10' });
  const body = JSON.stringify({ query: EVERY_FIELD });

  it('answers only ten of 2,000 requests from one IPv6 /64, and still answers every other client', async () => {
    let answered = 0;
    const ask = async (index: number) => {
      const { status } = await send(gateway, body, [`x-forwarded-for: 2001:db8::${index.toString(16)}`]);
      if (status === 200) answered += 1;
    };
    await withstand(async () => {
      for (let index = 0; index < 2000; index += 20) {
        await Promise.all(times(20, (more) => ask(index + more + 1)));
      }
    }, createAddresses());
    expect(answered).toBe(10);
  });

  it('answers other clients while a client above the limit sends bodies of 990 kB', async () => {
    const address = 'x-forwarded-for: 2001:db8:0:9::1';
    for (const _ of times(10, () => null)) await send(gateway, body, [address]);
    await withstand(async () => {
      const long = longBody(0, 990_000);
      for (const answer of await Promise.all(times(6, () => send(gateway, long, [address])))) {
        expect(answer.status).toBe(429);
      }
    }, createAddresses());
  });
});

describe.skipIf(!isLinux)('a gateway with room for 300 subscriptions', () => {
  useGateway({ TRUST_PROXY: 'loopback', MAX_SUBSCRIPTIONS: '300' });

  it('leaves two thirds of the room to other clients if one IPv6 /64 tries to open 300 WebSockets', async () => {
    const open = async (address: string): Promise<number> => {
      const socket = new WebSocket(gateway.url.replace('http', 'ws'), 'graphql-transport-ws', {
        headers: { 'x-forwarded-for': address },
      });
      socket.on('error', () => {});
      const refused = once(socket, 'unexpected-response').then(([, { statusCode }]) => statusCode as number);
      return Promise.race([once(socket, 'open').then(() => 101), refused]);
    };
    const statuses: number[] = [];
    for (const index of times(300, (at) => at)) statuses.push(await open(`2001:db8::${(index + 1).toString(16)}`));
    expect(statuses.filter((status) => status === 101)).toHaveLength(100);
    expect(await open('2001:db8:0:1::1')).toBe(101);
  });
});
