import { onTestFinished } from 'vitest';
import { startServer } from '../../src/http/server.ts';
import type { createGateway } from './gateway.ts';

/** Starts a server for a gateway until the end of the test. Resolves to the URL of its GraphQL endpoint. */
export async function serve(gateway: ReturnType<typeof createGateway>): Promise<string> {
  const server = await startServer(gateway.listener, { host: '127.0.0.1', port: 0, log: gateway.log });
  onTestFinished(() => server.close(0));
  return `${server.url}/graphql`;
}

/** Starts a server for a gateway until the end of the test. Resolves to a function that sends a query and accepts a response in parts. */
export async function listen(gateway: ReturnType<typeof createGateway>) {
  const url = await serve(gateway);
  return (query: string, init: RequestInit = {}) =>
    fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'multipart/mixed' },
      body: JSON.stringify({ query }),
      ...init,
    });
}
