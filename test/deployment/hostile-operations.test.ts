import type { Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { type Attacked, bestWait, dial, dialWebSocket } from '../support/attacked-gateway.ts';
import {
  distinctDocument,
  entities,
  LARGEST,
  longBody,
  QUESTIONS_IN_ROWS,
  rowsWithLongAlias,
  UNKNOWN_IN_ROWS,
} from '../support/hostile-operations.ts';
import {
  isLinux,
  MAX_MEGABYTES,
  MAX_WAIT_MS,
  send,
  times,
  useGateway,
  withstand,
} from '../support/withstood-attacks.ts';

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

describe.skipIf(!isLinux)('a gateway with 512 MB of heap answers its other clients', () => {
  const gateway = useGateway();

  it.each([
    ['a query with 24 times the whole matrix and an alias of 9,000 characters', rowsWithLongAlias(24, 9000), 400],
    ['a query with the whole matrix and an alias of 300,000 characters', rowsWithLongAlias(1, 300_000), 400],
    [
      'a query for 1,000 entities that selects the availability of an unknown GPU type in each',
      entities('availability(gpuType: "no such type") { totalCount }'),
      400,
    ],
  ])('during %s', async (_what, body, status) => {
    await withstand(gateway(), async () => {
      const answer = await send(gateway(), body);
      expect(answer.status).toBe(status);
      expect(answer.bytes).toBeLessThan(200_000);
    });
  });

  it('during an operation with seven fields that query availability in each of 12,000 rows', async () => {
    await withstand(gateway(), async () => {
      const { status } = await send(gateway(), QUESTIONS_IN_ROWS);
      expect(status).toBe(400);
    });
  });

  it.each([1, 10])('during a query with %i deferred fields for an unknown GPU type in each row', async (count) => {
    await withstand(gateway(), async () => {
      const { bytes } = await send(gateway(), UNKNOWN_IN_ROWS(count), ['accept: multipart/mixed']);
      expect(bytes).toBeLessThan(2_000_000);
    });
  });

  it.each(['/./graphql', '/%2e/graphql'])('during a request to %s with an endless body', async (path) => {
    const chunk = `10000\r\n${'x'.repeat(65_536)}\r\n`;
    await withstand(gateway(), async () => {
      const socket = await dial(gateway().url);
      const headers = ['host: gateway', 'content-type: application/json', 'transfer-encoding: chunked'];
      socket.write(`POST ${path} HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n`);
      // The limit of 20 MB leaves room for the several megabytes that the operating system buffers on both sides of the connection.
      expect(await bytesTaken(socket, chunk)).toBeLessThan(20_000_000);
    });
  });

  it.each([
    ['878 different documents of 24 kB', 878, (index: number) => distinctDocument(index, 24_000)],
    ['446 different documents of 990 kB', 446, (index: number) => longBody(index, 990_000)],
  ])('during %s', async (_what, count, bodyOf) => {
    gateway().resetPeak();
    const rounds = 6;
    let sent = 0;
    const attack = async () => {
      const bodies = times(Math.ceil(count / rounds), (index) => bodyOf(sent + index));
      sent += bodies.length;
      expect(new Set(await sendAll(gateway(), bodies))).toEqual(new Set([200]));
    };
    // With an `enoughMs` of 0, the attack does not end early. So all rounds take place, and all documents are sent.
    expect(await bestWait(gateway(), attack, { rounds, enoughMs: 0 })).toBeLessThan(MAX_WAIT_MS);
    expect(gateway().lives()).toBe(true);
    expect(gateway().peakMegabytes()).toBeLessThan(MAX_MEGABYTES);
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
    await withstand(gateway(), async () => {
      const { status, bytes } = await send(gateway(), body, [`accept: ${accept}`]);
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
    await withstand(gateway(), async () => {
      bytes = Math.max(bytes, await askOverWebSocket(gateway(), body));
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
