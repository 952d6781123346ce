import { describe, expect, it } from 'vitest';
import { APOLLO_CLIENT } from './apollo-client.ts';
import { CODEGEN } from './codegen.ts';
import { GRAPHQL_REQUEST } from './graphql-request.ts';
import { GRAPHQL_SSE } from './graphql-sse.ts';
import { GRAPHQL_WS } from './graphql-ws.ts';
import { RELAY } from './relay.ts';
import { RELAY_COMPILER } from './relay-compiler.ts';
import { APOLLO_GATEWAY, HIVE_GATEWAY } from './routers.ts';
import { type Proof, printTables, proofsOf, type Table } from './support-table.ts';
import { MESH_COMPOSE, WGC } from './tried-by-hand.ts';
import { URQL } from './urql.ts';

const TABLES: readonly Table[] = [
  {
    title: 'Clients',
    columns: ['Query', 'Persisted operation', '`@defer` and `@stream`', 'Subscription', 'HTTP cache'],
    rows: [APOLLO_CLIENT, URQL, RELAY, GRAPHQL_REQUEST, GRAPHQL_SSE, GRAPHQL_WS],
  },
  {
    title: 'Routers of supergraphs',
    columns: ['Query', 'Entities', 'Persisted operation', 'Subscription', 'Response cache'],
    rows: [APOLLO_GATEWAY, HIVE_GATEWAY],
  },
  {
    title: 'Tools that read the schema',
    columns: ['Introspection of `/graphql`', '`/schema.graphql`', 'SDL of the subgraph (`_service`)'],
    rows: [CODEGEN, RELAY_COMPILER, MESH_COMPOSE, WGC],
  },
];

const INTRODUCTION = `# Client support

These tables show which features of the gateway work with which client, router and tool. Each "yes" has a test in
[test/clients](../test/clients). The test sets up the named version of the client as the client's documentation says, and uses the feature.
One of the tests writes this file: run \`npx vitest run --project long test/clients/client-support.test.ts -u\`.
`;

const passed = new Set<Proof>();

for (const table of TABLES) {
  describe.each(table.rows.filter((row) => proofsOf(table, row).length > 0))('$name', (row) => {
    it.each(proofsOf(table, row))('$column: $proof.how', async ({ proof }) => {
      await proof.run();
      passed.add(proof);
    });
  });
}

describe('docs/client-support.md', () => {
  it('says that a client can use a feature in a certain way if and only if the test for it has passed', async () => {
    await expect(`${INTRODUCTION}\n${printTables(TABLES, passed)}`).toMatchFileSnapshot('../../docs/client-support.md');
  });
});
