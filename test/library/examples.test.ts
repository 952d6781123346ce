import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { composeServices as composeByApollo } from '@apollo/composition';
import { ApolloGateway, RemoteGraphQLDataSource } from '@apollo/gateway';
import { ApolloServer } from '@apollo/server';
import { createGpuAvailability } from 'gpu-availability-gateway';
import { typeDefs } from 'gpu-availability-gateway/subgraph';
import { describe, expect, it } from 'vitest';

const FOLDER = 'examples/embedding';

const QUERY =
  '{ gpuAvailability(gpuType: "NVIDIA L4", first: 1) { nodes { gpuType { id } stock } } upstream { source } }';

/** Creates a POST request with `QUERY` or with another operation. */
function post(path: string, query = QUERY, headers: Record<string, string> = {}) {
  return new Request(`http://host.example${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query }),
  });
}

const ANSWER = {
  data: {
    gpuAvailability: { nodes: [{ gpuType: { id: 'NVIDIA L4' }, stock: expect.any(String) }] },
    upstream: { source: 'RECORDED' },
  },
};

describe('the examples of embedding', () => {
  it.each(['yoga', 'hono', 'express', 'hive-gateway', 'next/route'])(
    'include %s in at most ten lines',
    async (name) => {
      const lines = (await readFile(`${FOLDER}/${name}.ts`, 'utf8')).split('\n');
      const ofCode = lines.filter((line) => line.trim() !== '' && !line.trim().startsWith('//'));
      expect(ofCode.length).toBeLessThanOrEqual(10);
    },
  );

  it('answer inside another Yoga, beside the fields of the host', async () => {
    const { yoga, gpus } = await import('../../examples/embedding/yoga.ts');
    const response = await yoga.fetch(post('/graphql', `{ hello ${QUERY.slice(1)}`));
    expect(await response.json()).toEqual({ data: { hello: 'world', ...ANSWER.data } });
    await gpus.dispose();
  });

  it('answer inside Hono', async () => {
    const { app, gpus } = await import('../../examples/embedding/hono.ts');
    const response = await app.request(post('/graphql'));
    expect(await response.json()).toEqual(ANSWER);
    await gpus.dispose();
  });

  it('answer as a route handler of Next, by POST and GET, with instances of the global Response', async () => {
    const { GET, POST } = await import('../../examples/embedding/next/route.ts');
    const posted = await POST(post('/api/graphql'));
    expect(posted).toBeInstanceOf(Response);
    expect(await posted.json()).toEqual(ANSWER);
    const address = `http://host.example/api/graphql?query=${encodeURIComponent(QUERY)}`;
    const got = await GET(new Request(address));
    expect(await got.json()).toEqual(ANSWER);
  });

  it('answer inside Express', async () => {
    const { app, gpus } = await import('../../examples/embedding/express.ts');
    const server = createServer(app).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const { url, method, headers, body } = post('/graphql');
    const address = url.replace('host.example', `127.0.0.1:${port}`);
    const response = await fetch(address, { method, headers, body, duplex: 'half' } as RequestInit);
    expect(await response.json()).toEqual(ANSWER);
    server.closeAllConnections();
    await new Promise((resolve) => {
      server.close(resolve);
    });
    await gpus.dispose();
  });

  it('answer queries and subscriptions as a subgraph in the same process as Hive Gateway', async () => {
    const { gateway, gpus } = await import('../../examples/embedding/hive-gateway.ts');
    const response = await gateway.fetch(post('/graphql'));
    expect(await response.json()).toEqual(ANSWER);
    const events = await gateway.fetch(
      post('/graphql', 'subscription { gpuAvailabilityChanged { id } }', { accept: 'text/event-stream' }),
    );
    expect([events.status, events.headers.get('content-type')]).toEqual([200, 'text/event-stream']);
    const ended = events.text();
    // Disposing of the subgraph ends its subscriptions. So the subscription of the gateway's client ends too.
    await gpus.dispose();
    expect(await ended).toContain('event: complete');
    await gateway[Symbol.asyncDispose]();
  });
});

describe('Apollo Gateway', () => {
  it('reads from a subgraph in the same process with a fetcher', async () => {
    const gpus = createGpuAvailability();
    const url = 'http://gpus.internal/graphql';
    const { supergraphSdl = '' } = composeByApollo([{ name: 'gpus', url, typeDefs }]);
    const gateway = new ApolloGateway({
      supergraphSdl,
      buildService: () =>
        new RemoteGraphQLDataSource({
          url,
          fetcher: (to, init) => gpus.fetch(new Request(to, init as RequestInit)),
        }),
    });
    const server = new ApolloServer({ gateway });
    await server.start();
    const response = await server.executeOperation({ query: QUERY });
    expect(response.body).toMatchObject({ kind: 'single', singleResult: ANSWER });
    await server.stop();
    await gpus.dispose();
  });
});
