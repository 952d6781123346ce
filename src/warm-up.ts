import { setTimeout as wait } from 'node:timers/promises';
import type { Demand } from './domain/catalog.ts';
import { UpstreamError } from './domain/errors.ts';

/** How long after a failure the lists are asked for again. */
const AGAIN_AFTER_MS = 1000;

/**
 * Asks `question` until it has an answer, and again whenever the gateway is not ready, so that it becomes ready without a
 * client. Nobody waits for it: whatever clients ask goes first. Ends when `signal` is aborted.
 */
export async function keepReady(
  question: (demand: Demand) => Promise<unknown>,
  isReady: () => boolean,
  signal: AbortSignal,
): Promise<void> {
  const demand: Demand = { signal, awaited: false };
  const pause = () => wait(AGAIN_AFTER_MS, undefined, { signal, ref: false }).catch(() => {});
  let isWarm = false;
  while (!signal.aborted) {
    if (!isWarm || !isReady()) isWarm = await isAnswered(question(demand), signal);
    await pause();
  }
}

async function isAnswered(answer: Promise<unknown>, signal: AbortSignal): Promise<boolean> {
  try {
    await answer;
    return true;
  } catch (error) {
    if (error instanceof UpstreamError || signal.aborted) return false;
    throw error;
  }
}
