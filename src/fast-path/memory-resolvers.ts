import type { FieldNode, GraphQLObjectType, GraphQLResolveInfo, GraphQLSchema } from 'graphql';
import { exclusionsOf } from '../domain/placement/exclusions.ts';
import type { Report } from '../domain/report.ts';
import type { AvailabilityArguments } from '../graphql/availability/parse-arguments.ts';
import { reportFromMemory } from '../graphql/availability/resolve-availability.ts';
import { type PlacementArguments, placementFromMemory } from '../graphql/placement/resolve-placement.ts';
import { relaxationsFromMemory } from '../graphql/placement/resolve-relaxations.ts';
import { needsGlobalNetwork, type ResolvedPlacement } from '../graphql/placement/resolved-placement.ts';
import type { MemoryLoaders } from '../loaders/loaders.ts';
import { ExclusionTexts } from './exclusion-texts.ts';
import type { MemoryResolvers } from './memory-schema.ts';
import { createSizes } from './object-sizes.ts';
import { JsonList } from './print-data.ts';
import { createPrintSelection } from './print-selection.ts';
import { RowTexts } from './row-texts.ts';

/** The minimum number of bytes that an excluded pod takes from the budget of the response. Even a short entry takes time to create. */
const MIN_EXCLUSION_BYTES = 200;

/**
 * Creates resolvers that use only data in memory. They throw an error if data is missing. In that case, Yoga executes the operation
 * instead.
 */
export const createMemoryResolvers = (schema: GraphQLSchema): MemoryResolvers<MemoryLoaders> => ({
  ...reportResolvers(schema),
  ...placementResolvers(schema),
});

function reportResolvers(schema: GraphQLSchema): Pick<MemoryResolvers<MemoryLoaders>, 'report' | 'rows'> {
  const rowTexts = new RowTexts(printer(schema, 'GpuAvailability'), (row) => row);
  const sizesOf = createSizes(schema, 'GpuAvailabilityReport');
  return {
    report(_root, args, loaders, info) {
      // graphql-js has already converted the arguments to the types of the schema.
      const sizeOf = sizesOf(onlyNode(info), info.fragments);
      return whole<Report>(reportFromMemory(loaders, args as AvailabilityArguments, sizeOf));
    },
    rows: ({ nodes }, _args, _loaders, info) => listRows(rowTexts, info, nodes),
  };
}

function placementResolvers(
  schema: GraphQLSchema,
): Pick<MemoryResolvers<MemoryLoaders>, 'placement' | 'options' | 'excluded' | 'relaxations'> {
  const printOption = printer(schema, 'PlacementOption');
  const optionTexts = new RowTexts(printOption, (row) => ({ row, globalNetwork: false }));
  const textsOnGlobalNetwork = new RowTexts(printOption, (row) => ({ row, globalNetwork: true }));
  const exclusionTexts = new ExclusionTexts(printer(schema, 'PlacementExclusion'));
  const sizesOf = createSizes(schema, 'Placement');
  const sizesOfOption = createSizes(schema, 'PlacementOption');
  const sizesOfExclusion = createSizes(schema, 'PlacementExclusion');
  return {
    placement(_root, args, loaders, info) {
      const sizeOf = sizesOf(onlyNode(info), info.fragments);
      return whole<ResolvedPlacement>(placementFromMemory(loaders, args as PlacementArguments, sizeOf));
    },
    options({ options, first, query }, _args, { budget }, info) {
      const shown = options.slice(0, first);
      budget.spendBytes(sizesOfOption(onlyNode(info), info.fragments)(query).fixed * shown.length);
      return listRows(needsGlobalNetwork(query) ? textsOnGlobalNetwork : optionTexts, info, shown);
    },
    excluded({ query, rowsOf }, _args, { budget }, info) {
      const excluded = exclusionsOf(query, rowsOf);
      const bytes = sizesOfExclusion(onlyNode(info), info.fragments)(query).fixed;
      budget.spendBytes(Math.max(bytes, MIN_EXCLUSION_BYTES) * excluded.length);
      return new JsonList(exclusionTexts.print(onlyNode(info), Object.values(info.fragments), excluded));
    },
    relaxations(placement, _args, loaders) {
      const relaxations = relaxationsFromMemory(loaders, placement);
      if (relaxations === null) throw new Error('not everything is in memory');
      return relaxations;
    },
  };
}

const printer = (schema: GraphQLSchema, typeName: string) =>
  createPrintSelection(schema, schema.getType(typeName) as GraphQLObjectType);

/** Returns `answer` if its data is complete. Throws an error if it is `null` or incomplete. */
function whole<Answer extends Pick<Report, 'coverage'>>(answer: Answer | null): Answer {
  if (answer?.coverage.complete !== true) throw new Error('not everything is in memory');
  return answer;
}

const listRows = (texts: RowTexts, info: GraphQLResolveInfo, rows: Report['nodes']): JsonList =>
  new JsonList(texts.print(onlyNode(info), Object.values(info.fragments), rows));

/**
 * Returns the only AST node of a field. Throws an error if the operation selects the field several times, because such selections would
 * have to be merged. Yoga then executes the operation.
 */
function onlyNode({ fieldNodes }: GraphQLResolveInfo): FieldNode {
  const [node, another] = fieldNodes;
  if (node === undefined || another !== undefined) throw new Error('the field is selected more than once');
  return node;
}
