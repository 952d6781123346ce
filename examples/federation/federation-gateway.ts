/** A federation gateway for the subgraphs that are given on the command line as name=url. */
import { createGatewayRuntime } from '@graphql-hive/gateway-runtime';
import { composeSubgraphs } from './compose.ts';
import { serve } from './serve.ts';

const subgraphs = process.argv.slice(2).map((argument) => {
  const [name = '', url = ''] = argument.split('=', 2);
  return { name, url };
});

// At its first request to a subgraph, the runtime loads the package @graphql-mesh/transport-http by its name. So the package must be
// installed, although no file imports it.
try {
  const gateway = createGatewayRuntime({ supergraph: await composeSubgraphs(subgraphs), logging: false });
  await serve('Federation gateway', gateway);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
