import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { printPublicSchema } from '../src/graphql/schema.ts';
import { startServer } from '../src/http/server.ts';
import { createGateway } from './support/gateway.ts';

const get = (env: Record<string, string> = {}, headers: Record<string, string> = {}, method = 'GET') =>
  createGateway(env).handler.fetch('http://gateway.invalid/schema.graphql', { method, headers });

describe('/schema.graphql', () => {
  it('contains the public schema as text, even for clients without a key', async () => {
    const response = await get({ CLIENT_API_KEYS: 'one' });
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/plain; charset=utf-8']);
    expect(await response.text()).toBe(`${printPublicSchema()}\n`);
  });

  it('is not sent again to a client that has its current version', async () => {
    const first = await get();
    expect(first.headers.get('cache-control')).toBe('no-cache');
    const tag = first.headers.get('etag') ?? '';
    for (const tags of [tag, tag.replace('W/', ''), `"other", ${tag}`]) {
      const again = await get({}, { 'if-none-match': tags });
      expect([again.status, await again.text()]).toEqual([304, '']);
    }
    expect((await get({}, { 'if-none-match': '"other"' })).status).toBe(200);
  });

  it('is answered with the same headers for HEAD, but without a body', async () => {
    const { listener, log } = createGateway();
    const server = await startServer(listener, { host: '127.0.0.1', port: 0, log });
    const headersOf = (method: string) =>
      new Promise<[string | undefined, number]>((resolve, reject) => {
        const sent = request(`${server.url}/schema.graphql`, { method }, (response) => {
          text(response).then((body) => resolve([response.headers.etag, body.length]), reject);
        });
        sent.on('error', reject).end();
      });
    const [[etag, length], [etagOfHead, lengthOfHead]] = [await headersOf('GET'), await headersOf('HEAD')];
    await server.close(0);
    expect(etagOfHead).toBe(etag);
    expect([length > 0, lengthOfHead]).toEqual([true, 0]);
  });

  it('refuses other methods', async () => {
    const response = await get({}, {}, 'POST');
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  });

  it('is answered with 404 if introspection is turned off', async () => {
    expect((await get({ INTROSPECTION: 'false' })).status).toBe(404);
  });
});
