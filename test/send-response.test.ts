import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { FinishedResponse } from '../src/fast-path/finished-response.ts';
import { createSendResponse } from '../src/fast-path/send-response.ts';
import { createCompression } from '../src/http/compression.ts';

it('the gateway compresses at most 20 MB of bodies at the same time, and sends other bodies uncompressed', async () => {
  const send = createSendResponse({
    cacheControl: () => 'no-store',
    quotaLinesOf: () => [],
    compression: createCompression(),
    onWritten() {},
  });
  const createResponse = (byte: string) =>
    new FinishedResponse({
      freshUntil: 0,
      sources: null,
      tag: null,
      lastModified: null,
      details: {},
      body: Buffer.alloc(9_000_000, byte),
      lines: ['content-type', 'application/json'],
    });
  const asked: [IncomingMessage, ServerResponse][] = [];
  const server = createServer((request, response) => {
    asked.push([request, response]);
    if (asked.length < 3) return;
    for (const [index, one] of asked.entries()) send.whole(...one, createResponse(String(index)));
  }).listen(0);
  await once(server, 'listening');
  const ask = async () => {
    const { port } = server.address() as AddressInfo;
    const response = await fetch(`http://127.0.0.1:${port}`, { headers: { 'accept-encoding': 'br' } });
    const body = await response.arrayBuffer();
    return [response.headers.get('content-encoding'), body.byteLength];
  };
  const answers = await Promise.all([ask(), ask(), ask()]);
  expect(answers.filter(([encoding]) => encoding === 'br')).toHaveLength(2);
  expect(answers.map(([, bytes]) => bytes)).toEqual([9_000_000, 9_000_000, 9_000_000]);
  server.close();
});

it('a body that is compressed already is sent compressed even without room for another one', async () => {
  const room = { is: true, tracked: 0 };
  const send = createSendResponse({
    cacheControl: () => 'no-store',
    quotaLinesOf: () => [],
    compression: {
      hasRoomFor: () => room.is,
      track(_length, compressed) {
        room.tracked += 1;
        return compressed;
      },
    },
    onWritten() {},
  });
  const lines = ['content-type', 'application/json'];
  const made = { freshUntil: 0, sources: null, tag: null, lastModified: null, details: {}, lines };
  const [first, second] = ['1', '2'].map((digit) => new FinishedResponse({ ...made, body: digit.repeat(2000) }));
  const server = createServer((request, response) => {
    const finished = request.url === '/first' ? first : second;
    if (finished !== undefined) send.whole(request, response, finished);
  }).listen(0);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const encodingOf = async (path: string) => {
    const { headers } = await fetch(`http://127.0.0.1:${port}${path}`, { headers: { 'accept-encoding': 'br' } });
    return headers.get('content-encoding');
  };
  expect(await encodingOf('/first')).toBe('br');
  room.is = false;
  expect([await encodingOf('/first'), await encodingOf('/second')]).toEqual(['br', null]);
  expect(room.tracked).toBe(1);
  server.close();
});
