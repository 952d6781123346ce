import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { composeServices as composeByApollo } from '@apollo/composition';
import { ApolloGateway } from '@apollo/gateway';
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import { createGatewayRuntime } from '@graphql-hive/gateway-runtime';
import { composeServices as composeByGuild } from '@theguild/federation-composition';
import { federateSubgraphs } from '@wundergraph/composition';
import { parse } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer } from '../../src/transport/server.ts';
import { createGateway } from '../support/gateway.ts';
import { startSubgraphs } from './subgraphs.ts';

const QUERY = `{ gpuAvailability(gpuType: "RTX 4090", region: EUROPE, first: 1) { totalCount nodes {
  stock dataCenter { id } gpuType { displayName memoryGb gbPerDollar notes { text } } } } }`;

let started: Awaited<ReturnType<typeof startSubgraphs>>;
beforeAll(async () => {
  started = await startSubgraphs();
});
afterAll(() => started[Symbol.asyncDispose]());

const services = () => started.subgraphs.map(({ name, url, sdl }) => ({ name, url, typeDefs: parse(sdl) }));

/** The supergraph by Apollo's composer. */
function compose(): string {
  const { supergraphSdl, errors } = composeByApollo(services());
  expect(errors).toBeUndefined();
  return supergraphSdl ?? '';
}

async function ask(url: string) {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ query: QUERY }) });
  return response.json();
}

function expectCrossed(answer: unknown) {
  expect(answer).toEqual({
    data: {
      gpuAvailability: {
        totalCount: 5,
        nodes: [
          {
            stock: 'LOW',
            dataCenter: { id: 'EU-CZ-1' },
            gpuType: {
              displayName: 'RTX 4090',
              memoryGb: 24,
              gbPerDollar: 34.78,
              notes: [{ text: expect.stringContaining('Stable Diffusion') }, { text: expect.any(String) }],
            },
          },
        ],
      },
    },
  });
}

describe('the subgraph', () => {
  it('tells its SDL, linked at a version that all composers take, with its entities', () => {
    const sdl = started.subgraphs[0]?.sdl ?? '';
    expect(sdl).toMatch(/specs\.apollo\.dev\/federation\/v2\.[0-9]"/);
    for (const type of ['GpuType', 'DataCenter'])
      expect(sdl).toMatch(new RegExp(`type ${type}\\s+@key\\(fields: "id"\\)`));
  });

  it('fits another by Apollo’s composer', () => {
    expect(compose()).toContain('gbPerDollar');
  });

  it('fits another by the Guild’s composer', () => {
    const { supergraphSdl, errors } = composeByGuild(services());
    expect(errors).toBeUndefined();
    expect(supergraphSdl).toContain('gbPerDollar');
  });

  it('fits another by WunderGraph’s composer', () => {
    const result = federateSubgraphs({
      subgraphs: services().map(({ typeDefs, ...subgraph }) => ({ ...subgraph, definitions: typeDefs })),
      version: '1',
    });
    expect(result).toMatchObject({ success: true });
  });
});

describe('a query that crosses subgraphs', () => {
  it('is answered by Apollo’s gateway', async () => {
    const logger = { debug() {}, info() {}, warn() {}, error() {} };
    const server = new ApolloServer({ gateway: new ApolloGateway({ supergraphSdl: compose(), logger }), logger });
    const { url } = await startStandaloneServer(server, { listen: { port: 0, host: '127.0.0.1' } });
    expectCrossed(await ask(url));
    await server.stop();
  });

  it('is answered by Hive’s gateway', async () => {
    const runtime = createGatewayRuntime({ supergraph: compose(), logging: false });
    const { log } = createGateway();
    const server = await startServer(runtime, { host: '127.0.0.1', port: 0, log });
    expectCrossed(await ask(`${server.url}/graphql`));
    await server.close(0);
    await runtime[Symbol.asyncDispose]();
  });
});

describe('the example', () => {
  it('starts three processes, prints a crossed answer, and ends', async () => {
    const example = spawn(process.execPath, ['--import', 'tsx', 'examples/federation/run.ts']);
    const [output, [code]] = await Promise.all([text(example.stdout), once(example, 'close')]);
    expect(output).toContain('"gbPerDollar": 34.78');
    expect(code).toBe(0);
  });
});
