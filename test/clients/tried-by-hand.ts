import type { Row } from './support-table.ts';

/*
 * Tools that are too large to be dependencies of the tests. The cells say what these versions did when they were last run by hand, against
 * `npm start` on Node 20 and 22.
 */

/** With `loadGraphQLHTTPSubgraph('gpus', { endpoint })` in its configuration, with `federation: true` and without. */
export const MESH_COMPOSE: Row = {
  name: 'mesh-compose (`@graphql-mesh/compose-cli` 1.8.2)',
  cells: ['tried by hand: leads it to the SDL', 'not tried', 'tried by hand: composes a supergraph with the entities'],
};

/** `wgc router compose -i graph.yaml`, where the subgraph has `introspection: { url }`. */
export const WGC: Row = {
  name: 'Cosmo (`wgc` 0.112.7)',
  cells: ['not by wgc', 'not tried', 'tried by hand: writes the configuration of a router, with the entities'],
};
