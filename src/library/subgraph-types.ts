// The public types of the entry `subgraph`. The build publishes this file as dist/subgraph.d.ts, so it imports only graphql.
import type { DocumentNode } from 'graphql';

/** The SDL of the subgraph, from which a supergraph is composed. `fetch` of `createGpuAvailability` answers as this subgraph. */
export declare const sdl: string;

/** The document of `sdl`, for composers that read documents. */
export declare const typeDefs: DocumentNode;
