import { KEY, startFakeRest } from './fake-rest.ts';
import { startFakeRunPod } from './fake-runpod.ts';
import { createGateway } from './gateway.ts';
import type { World } from './world.ts';
import { createGraphQLWorld, type GraphQLForm } from './world-graphql.ts';
import { toRecording } from './world-recording.ts';
import { DOCUMENTED, type RestForm } from './world-rest.ts';

/** For each of RunPod's APIs, the form of its answers. */
export interface Forms {
  readonly rest: RestForm;
  readonly graphql: GraphQLForm;
}

/** The forms that the answers of RunPod's APIs had in the autumn of 2026. */
export const USUAL: Forms = { rest: DOCUMENTED, graphql: { nothing: 'nulls', year: 2026 } };

/**
 * Functions that start a gateway together with stand-ins that serve a world (a state of RunPod). The key is the source that the gateway
 * reads.
 */
export const SOURCES = {
  RECORDED: async (world: World) => ({
    gateway: createGateway({}, undefined, () => toRecording(world)),
    [Symbol.asyncDispose]: async () => {},
  }),
  RUNPOD_GRAPHQL: (world: World, { graphql }: Forms = USUAL, env: Env = {}) => open(world, { graphql }, env),
  RUNPOD_REST: (world: World, { rest }: Forms = USUAL, env: Env = {}) => open(world, { rest }, env),
  'both APIs': (world: World, forms: Forms = USUAL, env: Env = {}) => open(world, forms, env),
};

/** Settings of a gateway, as environment variables. */
type Env = Readonly<Record<string, string>>;

/** Starts a gateway, and a stand-in for each API whose form is given. The stand-ins serve the world. */
async function open(world: World, { rest, graphql }: Partial<Forms>, env: Env) {
  const restApi = rest === undefined ? null : await startFakeRest(world, rest);
  const graphqlApi =
    graphql === undefined ? null : await startFakeRunPod(undefined, createGraphQLWorld(world, graphql));
  const gateway = createGateway({
    RUNPOD_API_KEY: KEY,
    UPSTREAM: upstreamOf(rest, graphql),
    ...(restApi !== null && { RUNPOD_REST_URL: restApi.url }),
    ...(graphqlApi !== null && { RUNPOD_GRAPHQL_URL: graphqlApi.url }),
    ...env,
  });
  return {
    gateway,
    /** The stand-in for the REST API; `null` if there is none. */
    rest: restApi,
    /** The stand-in for the GraphQL API; `null` if there is none. */
    graphql: graphqlApi,
    /** Makes both stand-ins serve the world `next` to requests that arrive from now on. */
    become(next: World) {
      restApi?.become(next);
      if (graphql !== undefined) graphqlApi?.serve(createGraphQLWorld(next, graphql));
    },
    async [Symbol.asyncDispose]() {
      await restApi?.[Symbol.asyncDispose]();
      await graphqlApi?.[Symbol.asyncDispose]();
    },
  };
}

function upstreamOf(rest: RestForm | undefined, graphql: GraphQLForm | undefined): string {
  if (rest === undefined) return 'graphql';
  return graphql === undefined ? 'rest' : 'auto';
}
