import { type GraphQLFieldResolver, GraphQLObjectType, GraphQLScalarType, GraphQLSchema } from 'graphql';
import type { Report } from '../domain/report.ts';
import type { ResolvedPlacement } from '../graphql/placement/resolved-placement.ts';

/**
 * The resolvers for the part of the schema that is answered from memory. The results of `rows`, `options` and `excluded` are copied to the
 * response unchanged.
 */
export interface MemoryResolvers<Context> {
  /** Resolves `Query.gpuAvailability`. */
  readonly report: GraphQLFieldResolver<unknown, Context>;
  /** Resolves `GpuAvailabilityReport.nodes`. */
  readonly rows: GraphQLFieldResolver<Report, Context>;
  /** Resolves `Query.placement`. */
  readonly placement: GraphQLFieldResolver<unknown, Context>;
  /** Resolves `Placement.options`. */
  readonly options: GraphQLFieldResolver<ResolvedPlacement, Context>;
  /** Resolves `Placement.excluded`. */
  readonly excluded: GraphQLFieldResolver<ResolvedPlacement, Context>;
  /** Resolves `Placement.relaxations`. */
  readonly relaxations: GraphQLFieldResolver<ResolvedPlacement, Context>;
}

/**
 * The type of a field whose value is copied to the response unchanged. It is a scalar, so graphql-js ignores the selection of such a field.
 */
const LEAF = new GraphQLScalarType({ name: 'Leaf' });

/**
 * Creates a schema with the part of the public schema that can be answered from memory: `Query.gpuAvailability`, `Query.placement` and
 * their types. Long lists are scalars in this schema, because their JSON is created separately. The list of failures is a scalar too,
 * because it is always empty: a result with failures is not answered from memory.
 */
export function createMemorySchema<Context>(
  schema: GraphQLSchema,
  { report, rows, placement, options, excluded, relaxations }: MemoryResolvers<Context>,
): GraphQLSchema {
  const configOf = (name: string) => (schema.getType(name) as GraphQLObjectType).toConfig();
  const fieldOf = ({ fields }: ReturnType<typeof configOf>, name: string) => {
    const field = fields[name];
    if (field === undefined) throw new Error(`the schema has no field ${name}`);
    return field;
  };
  const coverageType = configOf('Coverage');
  const coverage = {
    type: new GraphQLObjectType({ ...coverageType, fields: { ...coverageType.fields, failures: { type: LEAF } } }),
  };
  const reportType = configOf('GpuAvailabilityReport');
  const reports = new GraphQLObjectType({
    ...reportType,
    fields: { ...reportType.fields, coverage, nodes: { type: LEAF, resolve: rows } },
  });
  const placementType = configOf('Placement');
  const placements = new GraphQLObjectType({
    ...placementType,
    fields: {
      ...placementType.fields,
      coverage,
      options: { type: LEAF, resolve: options },
      excluded: { type: LEAF, resolve: excluded },
      relaxations: { ...fieldOf(placementType, 'relaxations'), resolve: relaxations },
    },
  });
  const queryType = configOf('Query');
  const fields = {
    gpuAvailability: { ...fieldOf(queryType, 'gpuAvailability'), type: reports, resolve: report },
    placement: { ...fieldOf(queryType, 'placement'), type: placements, resolve: placement },
  };
  return new GraphQLSchema({ query: new GraphQLObjectType({ ...queryType, fields }) });
}
