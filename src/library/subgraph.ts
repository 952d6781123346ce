import { printSubgraph } from '../graphql/schema.ts';

/** The SDL of the subgraph, for the composition of a supergraph. `fetch` of `createGpuAvailability` answers as this subgraph. */
export const sdl: string = printSubgraph();
