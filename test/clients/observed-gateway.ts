import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { expect } from 'vitest';
import { startServer } from '../../src/http/server.ts';
import { createGateway } from '../support/gateway.ts';
import { inStock } from '../support/stock.ts';
import { openLive } from '../support/subscribers.ts';

/**
 * Starts a gateway that answers from the recording. `requests` lists the requests that have reached the gateway, each in the form `METHOD
 * path`.
 */
export async function startObserved(env: Record<string, string> = {}) {
  const { listener, log } = createGateway(env);
  const requests: string[] = [];
  const server = await startServer(
    (request, response) => {
      requests.push(`${request.method} ${request.url}`);
      listener(request, response);
    },
    { host: '127.0.0.1', port: 0, log },
  );
  const types = observeContentTypes(server.url);
  return {
    origin: server.url,
    url: `${server.url}/graphql`,
    requests,
    contentTypes: types.seen,
    async [Symbol.asyncDispose]() {
      types.stop();
      await server.close(0);
    },
  };
}

/** Starts a gateway that answers from the recording and accepts WebSockets. It does not record its requests. */
export async function startWithWebSockets(env: Record<string, string> = {}) {
  const { listener, webSockets, log } = createGateway(env);
  const server = await startServer(listener, { host: '127.0.0.1', port: 0, log, webSockets });
  return { url: `${server.url}/graphql`, [Symbol.asyncDispose]: () => server.close(0) };
}

/**
 * Subscribes to changes of the L4 with the function `subscribeTo`, changes RunPod's stock, and expects exactly one event. Resolves to the
 * event. The content type of the response must match `contentType`. `contentType` is `null` for a WebSocket.
 */
export async function expectEvent(
  contentType: RegExp | null,
  subscribeTo: (url: string, onChange: (change: unknown) => void) => Promise<() => unknown> | (() => unknown),
): Promise<unknown> {
  await using gateway = await openLive();
  const types = observeContentTypes(new URL(gateway.url).origin);
  gateway.runPod.stock.set('NVIDIA L4', 'EU-RO-1', inStock('Low'));
  const changes: unknown[] = [];
  const leave = await subscribeTo(gateway.url, (change) => changes.push(change));
  try {
    await gateway.subscribed(1);
    gateway.runPod.stock.set('NVIDIA L4', 'EU-RO-1', inStock('High'));
    await expect.poll(() => changes).toHaveLength(1);
    expect(changes).toMatchObject([{ kind: 'STOCK_CHANGED', after: { stock: 'HIGH' } }]);
    if (contentType !== null) expect(types.seen.at(-1)).toMatch(contentType);
    return changes[0];
  } finally {
    types.stop();
    await leave();
  }
}

/**
 * Records the content types of all responses from an origin. It reads them from Node's diagnostics channels, so the clients need no special
 * configuration.
 */
function observeContentTypes(origin: string) {
  const seen: string[] = [];
  const noteFetched = (message: unknown) => {
    const { request, response } = message as FetchedAnswer;
    if (String(request.origin) !== origin) return;
    const headers = response.headers.map(String);
    const at = headers.findIndex((name, index) => index % 2 === 0 && name.toLowerCase() === 'content-type');
    seen.push(headers[at + 1] ?? '');
  };
  const noteReceived = (message: unknown) => {
    const { request, response } = message as ReceivedAnswer;
    if (`http://${String(request.getHeader('host'))}` === origin) seen.push(response.headers['content-type'] ?? '');
  };
  subscribe('undici:request:headers', noteFetched);
  subscribe('http.client.response.finish', noteReceived);
  return {
    seen,
    stop() {
      unsubscribe('undici:request:headers', noteFetched);
      unsubscribe('http.client.response.finish', noteReceived);
    },
  };
}

/**
 * The message that `fetch` publishes on a diagnostics channel when it has received the headers of a response. `headers` alternates names
 * and values.
 */
interface FetchedAnswer {
  readonly request: { readonly origin: string | URL };
  readonly response: { readonly headers: readonly Buffer[] };
}

/** The message that `node:http` publishes on a diagnostics channel when it has received a response. */
interface ReceivedAnswer {
  readonly request: ClientRequest;
  readonly response: IncomingMessage;
}
