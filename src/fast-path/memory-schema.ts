import { type GraphQLFieldResolver, GraphQLObjectType, GraphQLScalarType, GraphQLSchema } from 'graphql';
import type { Report } from '../domain/report.ts';

/** How the fields of the memory schema are resolved. */
export interface MemoryResolvers<Context> {
  /** `Query.gpuAvailability`. */
  readonly report: GraphQLFieldResolver<unknown, Context>;
  /** `GpuAvailabilityReport.nodes`. Its value goes into the result as it is. */
  readonly rows: GraphQLFieldResolver<Report, Context>;
}

/** graphql-js executes no selection on a scalar, and puts its value into the result as it is. */
const LEAF = new GraphQLScalarType({ name: 'Leaf' });

/**
 * The part of the public schema that can be answered from memory, with rows as leaves: `Query.gpuAvailability` and its report. A report from
 * memory has no failures, so its empty list of failures is a leaf, too.
 */
export function createMemorySchema<Context>(
  schema: GraphQLSchema,
  { report, rows }: MemoryResolvers<Context>,
): GraphQLSchema {
  const configOf = (name: string) => (schema.getType(name) as GraphQLObjectType).toConfig();
  const coverageType = configOf('Coverage');
  const coverage = new GraphQLObjectType({
    ...coverageType,
    fields: { ...coverageType.fields, failures: { type: LEAF } },
  });
  const reportType = configOf('GpuAvailabilityReport');
  const reports = new GraphQLObjectType({
    ...reportType,
    fields: { ...reportType.fields, coverage: { type: coverage }, nodes: { type: LEAF, resolve: rows } },
  });
  const queryType = configOf('Query');
  const gpuAvailability = { ...queryType.fields['gpuAvailability'], type: reports, resolve: report };
  return new GraphQLSchema({ query: new GraphQLObjectType({ ...queryType, fields: { gpuAvailability } }) });
}
