import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { createSendQuery } from '../../../src/board/gateway/send-query.ts';
import { BoardListsDocument } from '../../../src/board/graphql/graphql.ts';

/** Starts a fake gateway that answers each request by calling `answer`. The returned `send` sends a query of the board to this gateway. */
async function startGateway(answer: (request: IncomingMessage, response: ServerResponse) => unknown) {
  const server = createServer(answer);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
  const sendQuery = createSendQuery(url, () => ({ authorization: 'Bearer k1' }));
  return {
    send: (signal = new AbortController().signal) => sendQuery(BoardListsDocument, {}, signal),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}

/** Returns an answer with this status and this JSON body. */
const json = (status: number, body: unknown) => (_request: IncomingMessage, response: ServerResponse) =>
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));

/** Returns a response body with an error of this code. */
const error = (code: string) => ({ errors: [{ message: 'Too much.', extensions: { code } }] });

describe('a query of the board', () => {
  it('names its document by hash, and is sent with the current headers', async () => {
    const received: unknown[] = [];
    await using gateway = await startGateway(async (request, response) => {
      received.push(request.method, request.headers.authorization, JSON.parse(await text(request)));
      json(200, { data: { gpuTypes: [] } })(request, response);
    });
    expect(await gateway.send()).toEqual({ gpuTypes: [] });
    const sha256Hash = expect.stringMatching(/^[0-9a-f]{64}$/);
    const body = { extensions: { persistedQuery: { version: 1, sha256Hash } }, variables: {} };
    expect(received).toEqual(['POST', 'Bearer k1', body]);
  });

  it.each([
    ['unauthenticated', 'the gateway rejects the key', json(401, error('UNAUTHENTICATED'))],
    ['outdated', 'the gateway does not have the document', json(200, error('PERSISTED_QUERY_NOT_FOUND'))],
    ['failed', 'the response contains an error', json(200, error('INTERNAL_SERVER_ERROR'))],
    ['invalid', 'the query exceeds a limit of the gateway', json(400, error('OPERATION_TOO_COMPLEX'))],
    ['runpod', 'RunPod does not answer the gateway', json(200, error('UPSTREAM_UNAVAILABLE'))],
    ['failed', 'the response has no data', json(200, {})],
    [
      'unreachable',
      'the response is not JSON',
      (_: unknown, response: ServerResponse) => response.writeHead(502).end('x'),
    ],
    ['unreachable', 'the connection breaks', (_: unknown, response: ServerResponse) => response.destroy()],
  ])('fails as %s when %s', async (kind, _name, answer) => {
    await using gateway = await startGateway(answer);
    await expect(gateway.send()).rejects.toMatchObject({ name: 'QueryError', kind });
  });

  it.each([
    [12_000, 429, JSON.stringify(error('RATE_LIMITED')), '12'],
    [5000, 503, 'busy', '5'],
    [0, 503, 'busy', 'Wed, 21 Oct 2026 07:28:00 GMT'],
  ])('fails with %i ms to the next try if HTTP %i asks for that', async (retryAfterMs, status, body, retryAfter) => {
    await using gateway = await startGateway((_request, response) =>
      response.writeHead(status, { 'content-type': 'application/json', 'retry-after': retryAfter }).end(body),
    );
    await expect(gateway.send()).rejects.toMatchObject({ retryAfterMs });
  });

  it('rejects with the reason of the abort when it is aborted', async () => {
    const aborting = new AbortController();
    await using gateway = await startGateway(() => aborting.abort(new Error('stopped')));
    await expect(gateway.send(aborting.signal)).rejects.toThrow('stopped');
  });
});
