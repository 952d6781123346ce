/** Prints the public schema as SDL. With `--subgraph`, prints the SDL of the subgraph, from which a supergraph is composed. */
import { parseArgs } from 'node:util';
import { printPublicSchema, printSubgraph } from '../graphql/schema.ts';

try {
  const { values } = parseArgs({ options: { subgraph: { type: 'boolean', default: false } } });
  process.stdout.write(`${values.subgraph ? printSubgraph() : printPublicSchema()}\n`);
} catch (error) {
  // parseArgs names the option that it does not know.
  if (!(error instanceof TypeError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
