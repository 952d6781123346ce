/** Prints the public schema as SDL; with `--subgraph`, the subgraph SDL from which a supergraph is composed. */
import { printSubgraphSchema } from '@apollo/subgraph';
import { createGatewaySchema, printPublicSchema } from './graphql/schema.ts';

const isSubgraph = process.argv.includes('--subgraph');
process.stdout.write(`${isSubgraph ? printSubgraphSchema(createGatewaySchema()) : printPublicSchema()}\n`);
