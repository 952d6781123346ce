import { printPublicSchema, printSubgraph } from '../graphql/schema.ts';

/**
 * Prints a schema as SDL: the public schema, or the schema of the subgraph, which is used to compose a supergraph. Returns the exit code.
 */
export function printSchema(ofSubgraph: boolean): number {
  process.stdout.write(`${ofSubgraph ? printSubgraph() : printPublicSchema()}\n`);
  return 0;
}
