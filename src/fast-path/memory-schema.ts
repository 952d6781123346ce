import { type GraphQLFieldResolver, GraphQLObjectType, GraphQLScalarType, GraphQLSchema } from 'graphql';
import type { Report } from '../domain/report.ts';

/** How the fields of the memory schema are resolved. */
export interface MemoryResolvers<Context> {
  /** `Query.gpuAvailability`. */
  readonly report: GraphQLFieldResolver<unknown, Context>;
  /** `GpuAvailabilityReport.nodes`. The value that this resolver returns is put into the result unchanged. */
  readonly rows: GraphQLFieldResolver<Report, Context>;
}

/** The type of a leaf. graphql-js executes no selection on a scalar, and puts the value of the scalar into the result unchanged. */
const LEAF = new GraphQLScalarType({ name: 'Leaf' });

/**
 * Creates a schema with the part of the public schema that can be answered from memory: `Query.gpuAvailability` and its report. The rows of
 * a report are leaves. A report from memory has no failures, so its empty list of failures is a leaf, too.
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
