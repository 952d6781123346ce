import { createGpuAvailability, type GpuAvailabilityContext } from 'gpu-availability-gateway';
import { createSchema, createYoga } from 'graphql-yoga';

export const gpus = createGpuAvailability({ runpodApiKey: process.env['RUNPOD_API_KEY'] });
const schema = createSchema<GpuAvailabilityContext>({
  typeDefs: ['type Query { hello: String! }', gpus.typeDefs],
  resolvers: [{ Query: { hello: () => 'world' } }, gpus.resolvers],
});
// `client` names whose budget pays. Your server knows its clients: by their session, their key or their address.
export const yoga = createYoga({ schema, context: ({ request: { signal } }) => gpus.createContext({ signal }) });
