import { composeServices } from '@apollo/composition';
import { ApolloGateway, RemoteGraphQLDataSource } from '@apollo/gateway';
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import { createGatewayRuntime } from '@graphql-hive/gateway-runtime';
import { parse } from 'graphql';
import { composeSubgraphs, readSdl, type Subgraph } from '../../examples/federation/compose.ts';
import { startServer } from '../../src/http/server.ts';
import { createGateway } from '../support/gateway.ts';

/** Options of a router. `persisted` lists the subgraphs to which the router sends persisted operations. */
interface RouterOptions {
  readonly persisted?: readonly string[];
}

/** Starts Apollo Server with Apollo's gateway, as the router of these subgraphs. */
export async function startApollo(subgraphs: readonly Subgraph[], { persisted = [] }: RouterOptions = {}) {
  const services = subgraphs.map(async ({ name, url }) => ({ name, url, typeDefs: parse(await readSdl(url)) }));
  const { supergraphSdl = '' } = composeServices(await Promise.all(services));
  const logger = { debug() {}, info() {}, warn() {}, error() {} };
  const gateway = new ApolloGateway({
    supergraphSdl,
    logger,
    buildService: ({ name, url = '' }) => new RemoteGraphQLDataSource({ url, apq: persisted.includes(name) }),
  });
  const server = new ApolloServer({ gateway, logger });
  const { url } = await startStandaloneServer(server, { listen: { port: 0, host: '127.0.0.1' } });
  return { url, [Symbol.asyncDispose]: () => server.stop() };
}

/** Starts Hive Gateway, as the router of these subgraphs. */
export async function startHive(subgraphs: readonly Subgraph[], { persisted = [] }: RouterOptions = {}) {
  const runtime = createGatewayRuntime({
    supergraph: await composeSubgraphs(subgraphs),
    logging: false,
    transportEntries: Object.fromEntries(persisted.map((name) => [name, { options: { apq: true } }])),
  });
  return listen(runtime);
}

/** Makes Hive Gateway listen on a free port. */
export async function listen(runtime: ReturnType<typeof createGatewayRuntime>) {
  const server = await startServer(runtime, { host: '127.0.0.1', port: 0, log: createGateway().log });
  return {
    url: `${server.url}/graphql`,
    async [Symbol.asyncDispose]() {
      await server.close(0);
      await runtime[Symbol.asyncDispose]();
    },
  };
}
