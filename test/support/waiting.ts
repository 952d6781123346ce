import type { Demand } from '../../src/domain/catalog.ts';
import { GATEWAY } from '../../src/domain/client.ts';

/** Returns the demand of a client that waits for a value. Calling `leave` ends its wait. */
export const waiting = (): Demand & { leave: () => void } => {
  const leaving = new AbortController();
  return { signal: leaving.signal, awaited: true, clients: [GATEWAY], leave: () => leaving.abort(new Error('left')) };
};
