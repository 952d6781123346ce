import { printPublicSchema, printSubgraph } from '../graphql/schema.ts';

/** Prints the public schema as SDL, or the SDL of the subgraph, from which a supergraph is composed. Returns the exit code. */
export function printSchema(ofSubgraph: boolean): number {
  process.stdout.write(`${ofSubgraph ? printSubgraph() : printPublicSchema()}\n`);
  return 0;
}
