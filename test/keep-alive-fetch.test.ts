import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { BodyTooLargeError, createKeepAliveFetch, type FetchInit } from '../src/upstream/request/http.ts';

const MAX_BODY_BYTES = 2 * 1024 * 1024;

const GET: FetchInit = { method: 'GET', headers: {}, signal: new AbortController().signal };

/**
 * Starts a server that answers `/`, never answers `/silent`, and never ends its response to `/502`. `/cut` breaks the connection in the
 * middle of the body, `/moved` redirects to `/`, and `/bytes?7` has a body of seven bytes. `seen` records each request with the number of
 * requests in flight at that moment.
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
    if (request.url === '/moved') response.writeHead(302, { location: '/' }).end();
    if (request.url === '/headers') response.writeHead(200, { one: 'a', many: ['b', 'c'] }).end();
    if (request.url === '/cut')
      response.writeHead(200, { 'content-length': 100 }).write('half', () => response.destroy());
    const [, bytes] = request.url?.split('/bytes?') ?? [];
    if (bytes !== undefined) response.end('x'.repeat(Number(bytes)));
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
    const get = (target: string, signal = GET.signal) => fetch(server.url + target, { ...GET, signal });
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

describe('a response of RunPod', () => {
  it('has its headers by name: repeated ones joined by commas, and absent ones as null', async () => {
    await using server = await startServer();
    const { headers } = await createKeepAliveFetch(1)(`${server.url}/headers`, GET);
    expect(['one', 'many', 'none'].map((name) => headers.get(name))).toEqual(['a', 'b, c', null]);
  });

  it('is returned as it is if it redirects to another URL', async () => {
    await using server = await startServer();
    const { status, headers } = await createKeepAliveFetch(1)(`${server.url}/moved`, GET);
    expect([status, headers.get('location'), server.seen.length]).toEqual([302, '/', 1]);
  });

  it('may have a body of two mebibytes at most', async () => {
    await using server = await startServer();
    const read = async (bytes: number) => {
      const url = `${server.url}/bytes?${bytes}`;
      return (await createKeepAliveFetch(1)(url, GET)).text();
    };
    expect(await read(MAX_BODY_BYTES)).toHaveLength(MAX_BODY_BYTES);
    const refused = await read(MAX_BODY_BYTES + 1).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(BodyTooLargeError);
    expect(refused).toMatchObject({
      name: 'BodyTooLargeError',
      message: 'the body is larger than 2097152 bytes',
      cause: expect.any(Error),
    });
  });

  it('that breaks off fails with an error other than BodyTooLargeError', async () => {
    await using server = await startServer();
    const response = await createKeepAliveFetch(1)(`${server.url}/cut`, GET);
    const failure = await response.text().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(Error);
    expect(failure).not.toBeInstanceOf(BodyTooLargeError);
  });
});

describe('connections to RunPod', () => {
  it('are closed together, which ends the requests that are not answered yet', async () => {
    await using server = await startServer();
    const fetch = createKeepAliveFetch(1);
    const silent = fetch(`${server.url}/silent`, GET);
    const ended = expect(silent).rejects.toThrow();
    await expect.poll(() => server.seen.length).toBe(1);
    await fetch.close();
    await ended;
  });
});
