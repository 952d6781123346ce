/** An operation that the gateway always knows. */
export const CHEAPEST_FILE = 'operations/clients/cheapest-gpus.graphql';

/** Its variables. */
export const CHEAPEST = { minMemoryGb: 80, first: 3 } as const;

/** An operation whose answer comes in parts. */
export const IN_PARTS = `query InParts { gpuAvailability(gpuType: "RTX 4090") {
  nodes @stream(initialCount: 1) { id stock } ... @defer { totalCount } } }`;

/** The data of its answer. */
export interface InParts {
  readonly gpuAvailability: { readonly totalCount: number; readonly nodes: readonly object[] };
}

/** The changes of one GPU type. */
export const WATCH_L4 = 'subscription WatchL4 { gpuAvailabilityChanged(gpuType: "L4") { id kind after { id stock } } }';
