import type { Client } from '../domain/client.ts';
import type { ObservationRequest } from '../domain/observation.ts';
import type { CachedCatalog } from './cached-catalog.ts';

/**
 * The same catalog, which calls `onAsked` with each question about stock and the clients that asked it. They are `null` for a question
 * that is answered from memory, where clients are not told apart.
 */
export function noteReads(
  catalog: CachedCatalog,
  onAsked: (request: ObservationRequest, clients: readonly Client[] | null) => void,
): CachedCatalog {
  return {
    ...catalog,
    async lookUp(request) {
      const known = await catalog.lookUp(request);
      if (known === null) return null;
      return {
        look: known.look,
        take(demand) {
          onAsked(request, demand.clients);
          return known.take(demand);
        },
      };
    },
    peek(request) {
      const observation = catalog.peek(request);
      if (observation !== undefined) onAsked(request, null);
      return observation;
    },
    observe(request, demand) {
      onAsked(request, demand.clients);
      return catalog.observe(request, demand);
    },
  };
}
