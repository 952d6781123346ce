import { createGpuAvailability, type GpuAvailabilityContext } from 'gpu-availability-gateway';
import { createSchema, createYoga } from 'graphql-yoga';

export const gpus = createGpuAvailability({ runpodApiKey: process.env['RUNPOD_API_KEY'] });
const typeDefs = ['type Query { hello: String! }', gpus.typeDefs];
const resolvers = [{ Query: { hello: () => 'world' } }, gpus.resolvers];
const schema = createSchema<GpuAvailabilityContext>({ typeDefs, resolvers });
// `req` is the request of node:http. Behind a proxy, all clients have the address of the proxy: name them by their session or key.
export const yoga = createYoga<{ req?: { socket: { remoteAddress?: string | undefined } } }>({
  schema,
  context: ({ request: { signal }, req }) => gpus.createContext({ signal, client: req?.socket.remoteAddress }),
});
