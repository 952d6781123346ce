/** Prints the public schema as SDL, or with `--subgraph` as a subgraph, as a supergraph is composed of it. */
import { printSubgraphSchema } from '@apollo/subgraph';
import { createGatewaySchema, printPublicSchema } from './graphql/schema.ts';

const isSubgraph = process.argv.includes('--subgraph');
process.stdout.write(`${isSubgraph ? printSubgraphSchema(createGatewaySchema()) : printPublicSchema()}\n`);
