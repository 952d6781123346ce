import { readdirSync, readFileSync } from 'node:fs';
import { buildASTSchema, concatAST, type DocumentNode, type GraphQLEnumType, parse, print, printSchema } from 'graphql';
import { PROJECT } from '../project-folder.ts';
import { hintAtRegions } from './availability/region-hint.ts';
import { INCREMENTAL_DIRECTIVES } from './incremental/incremental-directives.ts';
import { dataCenter } from './resolvers/data-center.ts';
import { gpuAvailability } from './resolvers/gpu-availability.ts';
import { gpuType } from './resolvers/gpu-type.ts';
import { placement, placementOption } from './resolvers/placement.ts';
import { query } from './resolvers/query.ts';
import { subscription } from './resolvers/subscription.ts';
import { createSubgraphSchema, withoutFederation } from './subgraph.ts';
import type { Resolvers } from './types.generated.ts';

const SDL_FOLDER = new URL('schema/', PROJECT);

/** Creates the executable schema: the SDL in schema/*.graphql with its resolvers, as a subgraph of Federation 2. */
export function createGatewaySchema() {
  const resolvers: Resolvers = {
    Query: query,
    Subscription: subscription,
    GpuAvailability: gpuAvailability,
    GpuType: gpuType,
    Placement: placement,
    PlacementOption: placementOption,
    DataCenter: dataCenter,
  };
  const schema = createSubgraphSchema(readTypeDefs(), resolvers);
  hintAtRegions(schema.getType('Region') as GraphQLEnumType);
  return schema;
}

/**
 * Prints the public schema as SDL. The public schema has no directives of Federation, but defines `@defer` and `@stream`, which operations
 * may use.
 */
export function printPublicSchema(): string {
  return printSchema(buildASTSchema(concatAST([withoutFederation(readTypeDefs()), INCREMENTAL_DIRECTIVES])));
}

/** Prints the SDL of the subgraph for the composition of a supergraph. It is the text that `_service { sdl }` returns. */
export const printSubgraph = (): string => print(readTypeDefs());

function readTypeDefs(): DocumentNode {
  const files = readdirSync(SDL_FOLDER).filter((file) => file.endsWith('.graphql'));
  return concatAST(files.toSorted().map((file) => parse(readFileSync(new URL(file, SDL_FOLDER), 'utf8'))));
}
