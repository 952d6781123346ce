/** A file with an operation that is part of the gateway. The gateway knows the text of this operation before a client sends it. */
export const CHEAPEST_FILE = 'operations/clients/cheapest-gpus.graphql';

/** The variables for the operation in `CHEAPEST_FILE`. */
export const CHEAPEST = { minMemoryGb: 80, first: 3 } as const;

/** An operation whose response is sent in parts (`@stream` and `@defer`). */
export const IN_PARTS = `query InParts { gpuAvailability(gpuType: "RTX 4090") {
  nodes @stream(initialCount: 1) { id stock } ... @defer { totalCount } } }`;

/** The data of the response to `IN_PARTS`, after its parts have been merged. */
export interface InParts {
  readonly gpuAvailability: { readonly totalCount: number; readonly nodes: readonly object[] };
}

/** A subscription to the changes of one GPU type. */
export const WATCH_L4 = 'subscription WatchL4 { gpuAvailabilityChanged(gpuType: "L4") { id kind after { id stock } } }';
