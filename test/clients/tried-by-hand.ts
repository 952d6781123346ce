import type { Row } from './support-table.ts';

/*
 * Tools that are too large to be dependencies of the tests, so they were tried by hand. The cells of the table describe what the named
 * versions did in the last trial, with a gateway that was started by `npm start` on Node 20 and 22.
 */

/**
 * The results for mesh-compose. It was tried with `loadGraphQLHTTPSubgraph('gpus', { endpoint })` in its configuration, both with and
 * without `federation: true`.
 */
export const MESH_COMPOSE: Row = {
  name: 'mesh-compose (`@graphql-mesh/compose-cli` 1.8.2)',
  cells: [
    'tried by hand: mesh-compose uses introspection to find the SDL',
    'not tried',
    'tried by hand: composes a supergraph with the entities',
  ],
};

/**
 * The results for Cosmo. It was tried with `wgc router compose -i graph.yaml`, where the subgraph in graph.yaml had `introspection: { url
 * }`.
 */
export const WGC: Row = {
  name: 'Cosmo (`wgc` 0.112.7)',
  cells: [
    'not supported by wgc',
    'not tried',
    'tried by hand: writes the configuration of a router, with the entities',
  ],
};
