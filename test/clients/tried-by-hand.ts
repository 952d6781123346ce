import type { Row } from './support-table.ts';

/*
 * Tools that are too large to be dependencies of the tests. The cells describe what the named versions did in the last trial by hand, with
 * a gateway that was started by `npm start` on Node 20 and 22.
 */

/** Tried with `loadGraphQLHTTPSubgraph('gpus', { endpoint })` in the configuration, both with and without `federation: true`. */
export const MESH_COMPOSE: Row = {
  name: 'mesh-compose (`@graphql-mesh/compose-cli` 1.8.2)',
  cells: ['tried by hand: leads it to the SDL', 'not tried', 'tried by hand: composes a supergraph with the entities'],
};

/** Tried with `wgc router compose -i graph.yaml`. The subgraph in graph.yaml has `introspection: { url }`. */
export const WGC: Row = {
  name: 'Cosmo (`wgc` 0.112.7)',
  cells: ['not by wgc', 'not tried', 'tried by hand: writes the configuration of a router, with the entities'],
};
