import type { ObservationRequest } from '../domain/observation.ts';
import type { CachedCatalog } from './cached-catalog.ts';

/** The same catalog, which tells `onAsked` of each question about stock. */
export function noteReads(catalog: CachedCatalog, onAsked: (request: ObservationRequest) => void): CachedCatalog {
  return {
    ...catalog,
    async lookUp(request) {
      const known = await catalog.lookUp(request);
      if (known === null) return null;
      return {
        look: known.look,
        take(demand) {
          onAsked(request);
          return known.take(demand);
        },
      };
    },
    peek(request) {
      const observation = catalog.peek(request);
      if (observation !== undefined) onAsked(request);
      return observation;
    },
    observe(request, demand) {
      onAsked(request);
      return catalog.observe(request, demand);
    },
  };
}
