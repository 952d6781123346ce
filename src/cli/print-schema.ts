/** Prints the public schema as SDL. With `--subgraph`, prints the SDL of the subgraph instead, from which a supergraph is composed. */
import { parseArgs } from 'node:util';
import { printPublicSchema, printSubgraph } from '../graphql/schema.ts';

try {
  const { values } = parseArgs({ options: { subgraph: { type: 'boolean', default: false } } });
  process.stdout.write(`${values.subgraph ? printSubgraph() : printPublicSchema()}\n`);
} catch (error) {
  // For an unknown option, parseArgs throws a TypeError whose message names the option.
  if (!(error instanceof TypeError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
