import { readdirSync, readFileSync } from 'node:fs';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { concatAST, type DocumentNode, parse } from 'graphql';
import { dataCenter } from './resolvers/data-center.ts';
import { gpuType } from './resolvers/gpu-type.ts';
import { query } from './resolvers/query.ts';
import type { Resolvers } from './types.generated.ts';

type SubgraphModule = Extract<Parameters<typeof buildSubgraphSchema>[0], readonly unknown[]>[number];
type ResolverMap = Exclude<SubgraphModule, DocumentNode>['resolvers'];

const SDL_FOLDER = new URL('../../schema/', import.meta.url);

/** The public schema, a subgraph of Federation 2: the SDL of schema/*.graphql with its resolvers. */
export function createGatewaySchema() {
  const files = readdirSync(SDL_FOLDER).filter((file) => file.endsWith('.graphql'));
  const typeDefs = files.map((file) => parse(readFileSync(new URL(file, SDL_FOLDER), 'utf8')));
  const resolvers: Resolvers = { Query: query, GpuType: gpuType, DataCenter: dataCenter };
  // The library's own type of resolvers knows nothing of ours, which are checked against the schema by its types.
  return buildSubgraphSchema([{ typeDefs: concatAST(typeDefs), resolvers: resolvers as NonNullable<ResolverMap> }]);
}
