import { buildASTSchema, concatAST, type DocumentNode, type GraphQLEnumType, parse, print, printSchema } from 'graphql';
import { listProjectFolder, readProjectFile } from '../project-folder.ts';
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

const SDL_FOLDER = 'schema/';

/** The resolvers of all types. */
export const RESOLVERS = {
  Query: query,
  Subscription: subscription,
  GpuAvailability: gpuAvailability,
  GpuType: gpuType,
  Placement: placement,
  PlacementOption: placementOption,
  DataCenter: dataCenter,
} satisfies Resolvers;

/** Creates the executable schema: the SDL in schema/*.graphql with its resolvers, as a subgraph of Federation 2. */
export function createGatewaySchema() {
  const schema = createSubgraphSchema(readTypeDefs(), RESOLVERS);
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

/** Prints the types of the public schema as SDL. It can be merged with the SDL of other types. */
export const printTypes = (): string => print(withoutFederation(readTypeDefs()));

/** Prints the SDL of the subgraph for the composition of a supergraph. It is the text that `_service { sdl }` returns. */
export const printSubgraph = (): string => print(readTypeDefs());

function readTypeDefs(): DocumentNode {
  const files = listProjectFolder(SDL_FOLDER).filter((file) => file.endsWith('.graphql'));
  return concatAST(files.map((file) => parse(readProjectFile(`${SDL_FOLDER}${file}`))));
}
