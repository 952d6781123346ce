import { type GraphQLFieldResolver, GraphQLObjectType, GraphQLScalarType, GraphQLSchema } from 'graphql';
import type { Report } from '../domain/report.ts';

/** The resolvers of the memory schema. */
export interface MemoryResolvers<Context> {
  /** Resolves `Query.gpuAvailability`. */
  readonly report: GraphQLFieldResolver<unknown, Context>;
  /** Resolves `GpuAvailabilityReport.nodes`. The returned value is put into the result unchanged. */
  readonly rows: GraphQLFieldResolver<Report, Context>;
}

/** The type of a leaf, which is a scalar. graphql-js executes no selection on a scalar, and puts its value into the result unchanged. */
const LEAF = new GraphQLScalarType({ name: 'Leaf' });

/**
 * Creates a schema with the part of the public schema that can be answered from memory: `Query.gpuAvailability` and its report. The rows of
 * a report are leaves, because their JSON is created separately. The failures are a leaf too, because a report from memory has no failures,
 * so this list is always empty.
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
