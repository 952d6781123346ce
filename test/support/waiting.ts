import type { Demand } from '../../src/domain/catalog.ts';
import { GATEWAY } from '../../src/domain/client.ts';

/** Returns a demand for an answer: a client needs the answer and waits for it, until the test calls `leave`. */
export const waiting = (): Demand & { leave: () => void } => {
  const leaving = new AbortController();
  return { signal: leaving.signal, awaited: true, clients: [GATEWAY], leave: () => leaving.abort(new Error('left')) };
};
