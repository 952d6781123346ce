// The public types of the package's entry point `subgraph`. The build publishes this file as dist/subgraph.d.ts, so it must not import
// anything except graphql.
import type { DocumentNode } from 'graphql';

/**
 * The SDL of the gateway as a federation subgraph, for composing a supergraph. `fetch` of `createGpuAvailability` answers as this subgraph.
 */
export declare const sdl: string;

/** `sdl` as a parsed document, for composition tools that require one. */
export declare const typeDefs: DocumentNode;
