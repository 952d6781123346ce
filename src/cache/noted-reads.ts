import type { Client } from '../domain/client.ts';
import type { ObservationRequest } from '../domain/observation.ts';
import type { CachedCatalog } from './cached-catalog.ts';

/** Notes questions about stock. */
export interface ReadListener {
  /** Called with a question and the clients that asked it. */
  asked(request: ObservationRequest, clients: readonly Client[]): void;
  /** Called with a question that memory can answer without naming its client. Returns whether it may. */
  askedFromMemory(request: ObservationRequest): boolean;
}

/** The same catalog, which reports each question about stock to `listener`. */
export function noteReads(catalog: CachedCatalog, listener: ReadListener): CachedCatalog {
  return {
    ...catalog,
    async lookUp(request) {
      const known = await catalog.lookUp(request);
      if (known === null) return null;
      return {
        look: known.look,
        take(demand) {
          listener.asked(request, demand.clients);
          return known.take(demand);
        },
      };
    },
    peek(request) {
      const observation = catalog.peek(request);
      return observation === undefined || listener.askedFromMemory(request) ? observation : undefined;
    },
    observe(request, demand) {
      listener.asked(request, demand.clients);
      return catalog.observe(request, demand);
    },
  };
}
