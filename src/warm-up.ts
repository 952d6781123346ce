import { setTimeout as wait } from 'node:timers/promises';
import type { Demand } from './domain/catalog.ts';
import { UpstreamError } from './domain/errors.ts';

/** How long after a failure the lists are asked for again. */
const AGAIN_AFTER_MS = 1000;

/**
 * Asks `question` until it has an answer, so that the gateway becomes ready without a client. Nobody waits for it: whatever
 * clients ask goes first. Ends when `signal` is aborted.
 */
export async function warmUp(question: (demand: Demand) => Promise<unknown>, signal: AbortSignal): Promise<void> {
  const demand: Demand = { signal, awaited: false };
  while (!signal.aborted) {
    try {
      await question(demand);
      return;
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof UpstreamError)) throw error;
      await wait(AGAIN_AFTER_MS, undefined, { signal, ref: false }).catch(() => {});
    }
  }
}
