import { readdirSync, readFileSync } from 'node:fs';
import { buildSubgraphSchema } from '@apollo/subgraph';
import {
  buildASTSchema,
  concatAST,
  type DocumentNode,
  type GraphQLEnumType,
  Kind,
  parse,
  printSchema,
  visit,
} from 'graphql';
import { PROJECT } from '../project-folder.ts';
import { INCREMENTAL_DIRECTIVES } from './incremental-directives.ts';
import { hintAtRegions } from './region-hint.ts';
import { dataCenter } from './resolvers/data-center.ts';
import { gpuAvailability } from './resolvers/gpu-availability.ts';
import { gpuType } from './resolvers/gpu-type.ts';
import { query } from './resolvers/query.ts';
import { subscription } from './resolvers/subscription.ts';
import type { Resolvers } from './types.generated.ts';

type SubgraphModule = Extract<Parameters<typeof buildSubgraphSchema>[0], readonly unknown[]>[number];
type ResolverMap = Exclude<SubgraphModule, DocumentNode>['resolvers'];

const SDL_FOLDER = new URL('schema/', PROJECT);

/** The public schema, a subgraph of Federation 2: the SDL of schema/*.graphql with its resolvers. */
export function createGatewaySchema() {
  const resolvers: Resolvers = {
    Query: query,
    Subscription: subscription,
    GpuAvailability: gpuAvailability,
    GpuType: gpuType,
    DataCenter: dataCenter,
  };
  // The library's own type of resolvers knows nothing of ours, which are checked against the schema by its types.
  const schema = buildSubgraphSchema([{ typeDefs: readTypeDefs(), resolvers: resolvers as NonNullable<ResolverMap> }]);
  hintAtRegions(schema.getType('Region') as GraphQLEnumType);
  return schema;
}

/** Directives of GraphQL itself, which clients read. */
const PUBLIC_DIRECTIVES = new Set(['deprecated', 'specifiedBy']);

/**
 * The public schema as clients see it, in SDL: without the directives that only a federation gateway reads, and with those that operations
 * may use.
 */
export function printPublicSchema(): string {
  const withoutDirectives = visit(readTypeDefs(), {
    [Kind.SCHEMA_EXTENSION]: () => null,
    [Kind.DIRECTIVE]: ({ name }) => (PUBLIC_DIRECTIVES.has(name.value) ? undefined : null),
  });
  return printSchema(buildASTSchema(concatAST([withoutDirectives, INCREMENTAL_DIRECTIVES])));
}

function readTypeDefs(): DocumentNode {
  const files = readdirSync(SDL_FOLDER).filter((file) => file.endsWith('.graphql'));
  return concatAST(files.toSorted().map((file) => parse(readFileSync(new URL(file, SDL_FOLDER), 'utf8'))));
}
