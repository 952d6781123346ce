// The public types of the entry `subgraph`. The build publishes this file as dist/subgraph.d.ts.

/** The SDL of the subgraph, for the composition of a supergraph. `fetch` of `createGpuAvailability` answers as this subgraph. */
export declare const sdl: string;
