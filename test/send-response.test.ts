import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { Answer } from '../src/fast-path/finished-response.ts';
import { createGiveAnswer } from '../src/fast-path/send-response.ts';

it('answers are sent as they are while 20 MB of others are being compressed', async () => {
  const give = createGiveAnswer({ cacheControl: () => 'no-store', quotaLinesOf: () => [], onWritten() {} });
  const createAnswer = (key: string) =>
    new Answer({
      key,
      version: 1,
      madeAt: 0,
      freshUntil: 0,
      tag: null,
      lastModified: null,
      body: Buffer.alloc(9_000_000, key),
      lines: ['content-type', 'application/json'],
    });
  const asked: [IncomingMessage, ServerResponse][] = [];
  const server = createServer((request, response) => {
    asked.push([request, response]);
    if (asked.length < 3) return;
    for (const [index, one] of asked.entries()) give.whole(...one, createAnswer(String(index)));
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
