import type { Client } from '../domain/client.ts';
import type { ObservationRequest } from '../domain/observation.ts';
import type { CachedCatalog } from './cached-catalog.ts';

/** Records which observations clients request. */
export interface DemandRecord {
  /** Records a request for an observation, and the clients that caused it. */
  recordRequest(request: ObservationRequest, clients: readonly Client[]): void;
  /**
   * Records a request that is answered from memory, without identifying its client. Returns `false` and records nothing if the request must
   * not be answered in this way, because its client must be identified.
   */
  recordAnonymousRequest(request: ObservationRequest): boolean;
}

/** Wraps a catalog so that each request for an observation is recorded. */
export function recordDemand(catalog: CachedCatalog, record: DemandRecord): CachedCatalog {
  return {
    ...catalog,
    async lookUp(request) {
      const known = await catalog.lookUp(request);
      if (known === null) return null;
      return {
        look: known.look,
        take(demand) {
          record.recordRequest(request, demand.clients);
          return known.take(demand);
        },
      };
    },
    peek(request) {
      const observation = catalog.peek(request);
      return observation === undefined || record.recordAnonymousRequest(request) ? observation : undefined;
    },
    observe(request, demand) {
      record.recordRequest(request, demand.clients);
      return catalog.observe(request, demand);
    },
  };
}
