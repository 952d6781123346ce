import type { Client } from '../domain/client.ts';
import type { ObservationRequest } from '../domain/observation.ts';
import type { CachedCatalog } from './cached-catalog.ts';

/** Records which questions about stock are asked. */
export interface ReadListener {
  /** Called with a question and the clients that asked it. */
  asked(request: ObservationRequest, clients: readonly Client[]): void;
  /**
   * Called with a question that can be answered from memory without identifying the client. Returns `false` if the client must be
   * identified after all.
   */
  askedFromMemory(request: ObservationRequest): boolean;
}

/** Wraps a catalog so that it reports each question about stock to `listener`. */
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
