import { readdirSync, readFileSync } from 'node:fs';
import { createSchema } from 'graphql-yoga';
import type { GraphQLContext } from './context.ts';
import { dataCenter } from './resolvers/data-center.ts';
import { gpuType } from './resolvers/gpu-type.ts';
import { query } from './resolvers/query.ts';
import type { Resolvers } from './types.generated.ts';

const SDL_FOLDER = new URL('../../schema/', import.meta.url);

/** The public schema: the SDL of schema/*.graphql with its resolvers. */
export function createGatewaySchema() {
  const files = readdirSync(SDL_FOLDER).filter((file) => file.endsWith('.graphql'));
  const typeDefs = files.map((file) => readFileSync(new URL(file, SDL_FOLDER), 'utf8'));
  const resolvers: Resolvers = { Query: query, GpuType: gpuType, DataCenter: dataCenter };
  return createSchema<GraphQLContext>({ typeDefs, resolvers });
}
