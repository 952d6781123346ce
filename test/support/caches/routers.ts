import { composeServices } from '@apollo/composition';
import { ApolloGateway, RemoteGraphQLDataSource } from '@apollo/gateway';
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import responseCache from '@apollo/server-plugin-response-cache';
import { createGatewayRuntime } from '@graphql-hive/gateway-runtime';
import InMemoryLRUCache from '@graphql-mesh/cache-inmemory-lru';
import { parse } from 'graphql';
import { listen } from '../../federation/routers.ts';
import { createGateway } from '../gateway.ts';

/**
 * Composes a supergraph whose only subgraph is the gateway at `origin`. Reads the SDL from another gateway, because the gateway at `origin`
 * may require a key.
 */
async function composeSupergraph(origin: string): Promise<string> {
  const { data } = await createGateway().ask('{ service: _service { sdl } }');
  const gpus = { name: 'gpus', url: `${origin}/graphql`, typeDefs: parse(data.service.sdl) };
  const { supergraphSdl, errors } = composeServices([gpus]);
  if (supergraphSdl === undefined) throw new Error(errors?.join('; '));
  return supergraphSdl;
}

interface ApolloContext {
  readonly authorization?: string | undefined;
}

/**
 * Starts a router that consists of Apollo Server with its response cache and Apollo's gateway. The router forwards the API keys of its
 * clients to the subgraph.
 */
export async function startApollo(origin: string) {
  const logger = { debug() {}, info() {}, warn() {}, error() {} };
  const gateway = new ApolloGateway({
    supergraphSdl: await composeSupergraph(origin),
    logger,
    buildService: ({ url = '' }) =>
      new RemoteGraphQLDataSource<ApolloContext>({
        url,
        willSendRequest({ request, context: { authorization = '' } }) {
          request.http?.headers.set('authorization', authorization);
        },
      }),
  });
  const server = new ApolloServer<ApolloContext>({ gateway, logger, plugins: [responseCache()] });
  const { url } = await startStandaloneServer(server, {
    listen: { port: 0, host: '127.0.0.1' },
    context: ({ req }) => Promise.resolve({ authorization: req.headers.authorization }),
  });
  return { url, [Symbol.asyncDispose]: () => server.stop() };
}

/**
 * Starts Hive Gateway with its response cache. Hive Gateway forwards the API keys of its clients to the subgraph. It does not combine
 * several operations in one request to the subgraph. Otherwise, its cache would apply `max-age` to only one of these operations, and would
 * store the other responses forever.
 */
export async function startHive(origin: string) {
  const cache = new InMemoryLRUCache();
  const runtime = createGatewayRuntime({
    supergraph: await composeSupergraph(origin),
    logging: false,
    cache,
    responseCaching: { session: () => null },
    transportEntries: { gpus: { options: { deduplicateInflightRequests: false } } },
    propagateHeaders: {
      fromClientToSubgraphs: ({ request }) => ({ authorization: request.headers.get('authorization') ?? '' }),
    },
  });
  return listen(runtime);
}
