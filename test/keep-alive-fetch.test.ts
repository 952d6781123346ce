import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { createKeepAliveFetch } from '../src/upstream/request/http.ts';

/**
 * Starts a server that answers `/`, never answers `/silent`, and never ends its response to `/502`. `seen` records each request with the
 * number of requests in flight at that moment.
 */
async function startServer() {
  const seen: { readonly path: string | undefined; readonly inFlight: number }[] = [];
  let inFlight = 0;
  const server = createServer((request, response) => {
    inFlight += 1;
    response.once('close', () => {
      inFlight -= 1;
    });
    seen.push({ path: request.url, inFlight });
    if (request.url === '/') response.end('answer');
    if (request.url === '/502') response.writeHead(502).write('no end');
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    seen,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}

describe('a request to RunPod', () => {
  it.each([
    ['is aborted', '/silent'],
    ['is discarded', '/502'],
  ])('that %s has ended for RunPod before the next request starts on another connection', async (_what, path) => {
    await using server = await startServer();
    const fetch = createKeepAliveFetch(2);
    const get = (target: string, signal = new AbortController().signal) =>
      fetch(server.url + target, { method: 'GET', headers: {}, signal });
    for (let round = 0; round < 5; round += 1) {
      // Opens two connections, so that the next two requests use open connections.
      await Promise.all([get('/'), get('/')].map(async (response) => (await response).text()));
      const abort = new AbortController();
      const ended = get(path, abort.signal).then(
        (response) => response.discard(),
        () => {},
      );
      const arrived = server.seen.length + 1;
      await expect.poll(() => server.seen.length).toBe(arrived);
      if (path === '/silent') abort.abort();
      await ended;
      await (await get('/')).text();
      expect(server.seen.at(-1)).toEqual({ path: '/', inFlight: 1 });
    }
  });
});
