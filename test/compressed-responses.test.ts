import { connect } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import * as zlib from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { get, listen } from './support/finished-responses.ts';
import { createGateway } from './support/gateway.ts';

/** A query for all rows. The gateway compresses its response, because the response is long. */
const ROWS = '{ gpuAvailability { nodes { gpuType { id displayName } dataCenter { id name } stock } } }';

/** Decompresses Zstandard data; `undefined` in versions of Node before 22.15. */
const { zstdDecompressSync } = zlib as { readonly zstdDecompressSync?: typeof zlib.gunzipSync };

describe('a long response', () => {
  it.each([
    ['br', zlib.brotliDecompressSync, ['br', 'gzip, deflate, br, zstd', '*']],
    ['gzip', zlib.gunzipSync, ['gzip', 'br;q=0, gzip;q=0.5']],
    ...(zstdDecompressSync === undefined ? [] : [['zstd', zstdDecompressSync, ['zstd', 'gzip, zstd']] as const]),
  ] as const)('is compressed by %s for clients that accept it', async (encoding, decompress, accepted) => {
    const { url } = await listen(createGateway());
    await get(url, ROWS);
    const plain = await get(url, ROWS);
    expect(plain.headers.vary).toContain('Accept-Encoding');
    for (const one of accepted) {
      for (let count = 0; count < 2; count += 1) {
        const { headers, body } = await get(url, ROWS, { 'accept-encoding': one });
        expect([headers['content-encoding'], headers.etag]).toEqual([encoding, plain.headers.etag]);
        expect(headers.vary).toContain('Accept-Encoding');
        expect(Number(headers['content-length'])).toBe(body.length);
        expect(body.length).toBeLessThan(plain.body.length / 5);
        expect(decompress(body)).toEqual(plain.body);
      }
    }
  });

  it('is also compressed when the gateway answers a repeated operation without Yoga', async () => {
    const { ask } = await listen(createGateway());
    const query = ROWS.replace('{ gpuAvailability', '{ all: gpuAvailability');
    const plain = await (await ask(query, { 'accept-encoding': 'identity' })).text();
    const compressed = await ask(query, { 'accept-encoding': 'br' });
    expect(compressed.headers.get('content-encoding')).toBe('br');
    expect(await compressed.text()).toBe(plain);
  });

  it.each(['GET', 'POST'])('to %s is also compressed when Yoga executes the operation', async (method) => {
    const { url, ask } = await listen(createGateway());
    const send = (accepted: string) => {
      const headers = { 'accept-encoding': accepted };
      return method === 'POST' ? ask(ROWS, headers) : fetch(`${url}?query=${encodeURIComponent(ROWS)}`, { headers });
    };
    const compressed = await send('br');
    expect(compressed.headers.get('content-encoding')).toBe('br');
    expect(Number(compressed.headers.get('content-length'))).toBeLessThan(4000);
    const plain = await send('identity');
    expect(plain.headers.get('content-encoding')).toBeNull();
    expect(await compressed.text()).toBe(await plain.text());
  });

  it.each([
    ['that must not be stored', `{ upstream { health } ${ROWS.slice(1)}`],
    ['with an error', `{ bad: gpuAvailability(gpuType: "none") { totalCount } ${ROWS.slice(1)}`],
    ['whose operation is invalid', `{ ${Array.from({ length: 15 }, (_none, index) => `unknown${index}`).join(' ')} }`],
  ])('%s is also compressed each time', async (_what, query) => {
    const { ask } = await listen(createGateway());
    const plain = await ask(query, { 'accept-encoding': 'identity' });
    const text = await plain.text();
    expect(text.length).toBeGreaterThan(1024);
    for (let count = 0; count < 3; count += 1) {
      const compressed = await ask(query, { 'accept-encoding': 'gzip' });
      expect([compressed.status, compressed.headers.get('content-encoding')]).toEqual([plain.status, 'gzip']);
      expect(await compressed.text()).toBe(text);
    }
  });

  it('in parts is not compressed, so that each part is sent at once', async () => {
    const { ask } = await listen(createGateway());
    const query = ROWS.replace('nodes {', '... @defer { totalCount } nodes {');
    const answer = await ask(query, { accept: 'multipart/mixed', 'accept-encoding': 'br, gzip' });
    expect(answer.headers.get('content-type')).toContain('multipart/mixed');
    expect(answer.headers.get('content-encoding')).toBeNull();
    expect(await answer.text()).toContain('"totalCount":79');
  });

  it('does not break the gateway if its client disconnects while the response is being compressed', async () => {
    const { url, ask } = await listen(createGateway());
    for (let count = 0; count < 20; count += 1) {
      const leaving = connect(Number(new URL(url).port), '127.0.0.1');
      const path = `/graphql?query=${encodeURIComponent(ROWS.replace('{', `{ a${count}: `))}`;
      leaving.write(`GET ${path} HTTP/1.1\r\nhost: gateway\r\naccept: application/json\r\naccept-encoding: br\r\n\r\n`);
      await setTimeout(count);
      leaving.destroy();
    }
    expect((await ask(ROWS, { 'accept-encoding': 'br' })).status).toBe(200);
  });

  it.each(['identity', 'br;q=0, gzip;q=0', 'deflate', ''])(
    'is not compressed for a client that accepts %j',
    async (accepted) => {
      const { url } = await listen(createGateway());
      for (let count = 0; count < 3; count += 1) {
        const { headers, body } = await get(url, ROWS, { 'accept-encoding': accepted });
        expect(headers['content-encoding']).toBeUndefined();
        expect(JSON.parse(String(body)).data.gpuAvailability.nodes.length).toBe(79);
      }
    },
  );
});
