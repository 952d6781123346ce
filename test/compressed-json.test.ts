import { EventEmitter, once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import { compressJson } from '../src/http/compressed-json.ts';
import { type Compression, createCompression } from '../src/http/compression.ts';
import { startStandIn } from './support/stand-in.ts';

const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' };
const BODY = JSON.stringify(Array.from({ length: 500 }, (_none, index) => `number ${index} €`));

/** Starts a server that writes responses with `write`, and compresses them. Returns its origin. */
async function start(write: (response: ServerResponse) => unknown, compression: Compression = createCompression()) {
  const server = await startStandIn((request, response) => {
    compressJson(request, response, compression);
    write(response);
  });
  onTestFinished(() => server[Symbol.asyncDispose]());
  return server.origin;
}

const ask = (origin: string, accepted = 'br', init: RequestInit = {}) =>
  fetch(origin, { headers: { 'accept-encoding': accepted }, ...init });

const encodingOf = ({ headers }: Response) => headers.get('content-encoding');

describe('JSON', () => {
  it.each<[string, (response: ServerResponse) => unknown]>([
    ['in one piece', (response) => response.writeHead(200, JSON_TYPE).end(BODY)],
    [
      'in several pieces',
      (response) => {
        response.writeHead(200, JSON_TYPE).write(BODY.slice(0, 999));
        response.write(Buffer.from(BODY.slice(999, 2000)));
        response.end(BODY.slice(2000));
      },
    ],
    ['without an explicit head', (response) => response.setHeader('content-type', 'application/json').end(BODY)],
    [
      'of another JSON type',
      (response) => response.writeHead(200, 'OK', { 'content-type': 'application/graphql-response+json' }).end(BODY),
    ],
    [
      'that was going to be sent in chunks',
      (response) => response.setHeader('transfer-encoding', 'chunked').writeHead(200, JSON_TYPE).end(BODY),
    ],
  ])('that a handler writes %s is compressed', async (_what, write) => {
    const response = await ask(await start(write));
    expect([response.status, encodingOf(response)]).toEqual([200, 'br']);
    expect(response.headers.get('transfer-encoding')).toBeNull();
    expect(Number(response.headers.get('content-length'))).toBeLessThan(BODY.length / 2);
    expect(await response.text()).toBe(BODY);
  });

  it('keeps its status', async () => {
    const response = await ask(await start((written) => written.writeHead(503, JSON_TYPE).end(BODY)));
    expect([response.status, encodingOf(response)]).toEqual([503, 'br']);
  });

  it('has the same headers for HEAD as for GET', async () => {
    const origin = await start((response) => response.writeHead(200, JSON_TYPE).end(BODY));
    const [head, whole] = [await ask(origin, 'br', { method: 'HEAD' }), await ask(origin)];
    expect(head.headers.get('content-length')).toBe(whole.headers.get('content-length'));
    expect(await head.text()).toBe('');
  });

  it('arrives in order and in full over HTTP/1.1 with pipelining, and over HTTP/1.0', async () => {
    const origin = await start((response) => response.writeHead(200, JSON_TYPE).end(BODY));
    const socket = connect(Number(new URL(origin).port), '127.0.0.1').setEncoding('latin1');
    const request = 'GET / HTTP/1.1\r\nhost: a\r\naccept-encoding: gzip\r\n';
    socket.write(`${request}\r\n${request}connection: close\r\n\r\n`);
    const both = await text(socket);
    const old = connect(Number(new URL(origin).port), '127.0.0.1').setEncoding('latin1');
    old.write('GET / HTTP/1.0\r\naccept-encoding: gzip\r\n\r\n');
    const bodies = [...both.split('HTTP/1.1 200 OK').slice(1), await text(old)].map((one) => one.split('\r\n\r\n')[1]);
    expect(bodies.map((one = '') => String(gunzipSync(Buffer.from(one, 'latin1'))))).toEqual([BODY, BODY, BODY]);
  });

  it.each<[string, (response: ServerResponse) => unknown]>([
    ['is short', (response) => response.writeHead(200, JSON_TYPE).end('{}')],
    ['has no body', (response) => response.writeHead(304, JSON_TYPE).end()],
    [
      'is compressed already',
      (response) => response.writeHead(200, { ...JSON_TYPE, 'content-encoding': 'identity' }).end(BODY),
    ],
  ])('is sent as it is if it %s', async (_what, write) => {
    const compressed = await ask(await start(write));
    expect(['br', 'gzip']).not.toContain(encodingOf(compressed));
  });

  it('is sent uncompressed while there is no room, and is counted while it is compressed', async () => {
    const tracked: number[] = [];
    const room = { is: false };
    const compression: Compression = {
      hasRoomFor: () => room.is,
      track: (length, compressed) => {
        tracked.push(length);
        return compressed;
      },
    };
    const origin = await start((response) => response.writeHead(200, JSON_TYPE).end(BODY), compression);
    expect(encodingOf(await ask(origin))).toBeNull();
    room.is = true;
    expect(encodingOf(await ask(origin))).toBe('br');
    expect(tracked).toEqual([Buffer.byteLength(BODY)]);
  });

  it('is dropped if the client leaves while it is compressed', async () => {
    const compression = createCompression();
    const events = new EventEmitter();
    let tracked: Promise<unknown> = Promise.resolve();
    const slow: Compression = {
      ...compression,
      track(_length, compressed) {
        const afterGo = once(events, 'go').then(() => compressed);
        tracked = afterGo;
        return afterGo;
      },
    };
    const origin = await start((response) => {
      response.writeHead(400, JSON_TYPE).end(BODY);
      events.emit('held', response);
    }, slow);
    const socket = connect(Number(new URL(origin).port), '127.0.0.1');
    socket.write('GET / HTTP/1.1\r\nhost: a\r\naccept-encoding: br\r\n\r\n');
    const [response] = (await once(events, 'held')) as [ServerResponse];
    socket.destroy();
    await once(response, 'close');
    events.emit('go');
    await tracked;
    await nextTurn();
    expect([response.statusCode, response.headersSent]).toEqual([400, false]);
  });
});

it('text of other types is sent uncompressed, as soon as it is written', async () => {
  const origin = await start((response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: 1\n\n');
  });
  const response = await ask(origin);
  const { value } = (await response.body?.getReader().read()) ?? {};
  expect([encodingOf(response), String(Buffer.from(value ?? ''))]).toEqual([null, 'data: 1\n\n']);
});

it('at most 20 MB are compressed at the same time, and at most 400 bodies', () => {
  const compression = createCompression();
  const never = new Promise<never>(() => {});
  void compression.track(10_000_000, never);
  expect([compression.hasRoomFor(9_900_000), compression.hasRoomFor(10_000_000)]).toEqual([true, false]);
  const short = createCompression();
  let count = 0;
  for (; short.hasRoomFor(1); count += 1) void short.track(1, never);
  expect(count).toBe(399);
});
