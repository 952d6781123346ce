import { serverAudits } from 'graphql-http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningServer, startServer } from '../src/http/server.ts';
import { createGateway } from './support/gateway.ts';

let server: RunningServer;
beforeAll(async () => {
  const { listener, log } = createGateway();
  server = await startServer(listener, { host: '127.0.0.1', port: 0, log });
});
afterAll(() => server.close(0));

describe('GraphQL over HTTP', () => {
  it.each(serverAudits({ url: () => `${server.url}/graphql` }))('$id $name', async (audit) => {
    // An audit with the status `notice` concerns optional behaviour. Only the statuses for warnings and errors make the test fail.
    expect(['ok', 'notice']).toContain((await audit.fn()).status);
  });
});
