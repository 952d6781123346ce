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

  it('is also compressed when a known operation is executed for it', async () => {
    const { ask } = await listen(createGateway());
    const query = ROWS.replace('{ gpuAvailability', '{ all: gpuAvailability');
    const plain = await (await ask(query, { 'accept-encoding': 'identity' })).text();
    const compressed = await ask(query, { 'accept-encoding': 'br' });
    expect(compressed.headers.get('content-encoding')).toBe('br');
    expect(await compressed.text()).toBe(plain);
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
