import type { Demand } from '../../src/domain/catalog.ts';
import { GATEWAY } from '../../src/domain/client.ts';

/** Returns the demand for an answer that a client waits for until the test calls `leave`. */
export const waiting = (): Demand & { leave: () => void } => {
  const leaving = new AbortController();
  return { signal: leaving.signal, awaited: true, clients: [GATEWAY], leave: () => leaving.abort(new Error('left')) };
};
