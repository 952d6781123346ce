import { setImmediate } from 'node:timers/promises';
import { vi } from 'vitest';
import type { Demand } from '../../src/domain/catalog.ts';
import { GATEWAY } from '../../src/domain/client.ts';
import { SYSTEM_CLOCK } from '../../src/domain/clock.ts';
import {
  UpstreamError,
  UpstreamNotAttemptedError,
  UpstreamRateLimitedError,
  UpstreamUnreachableError,
} from '../../src/domain/errors.ts';
import { createAttempts } from '../../src/upstream/request/attempts.ts';
import { IN_ANY_SLOT, type InSlot } from '../../src/upstream/request/in-slot.ts';
import { createRequestQueue } from '../../src/upstream/request/request-queue.ts';
import { SHARE_NOTHING } from '../../src/upstream/request/slow-down.ts';

export const AWAITED: Demand = { signal: new AbortController().signal, awaited: true, clients: [GATEWAY] };
export const RENEWAL: Demand = { signal: new AbortController().signal, awaited: false, clients: [GATEWAY] };

export const down = () => new UpstreamUnreachableError('op', 'HTTP 502');
export const limited = (retryAfterMs: number | null = null) => new UpstreamRateLimitedError('op', retryAfterMs);

interface Settings {
  readonly concurrency?: number;
  readonly limit?: number;
  readonly timeoutMs?: number;
  readonly retries?: number;
  /** Limits how many requests all replicas together have in flight. By default, there is no such limit. */
  readonly inSlot?: InSlot;
  /** Answers the probe, a request that checks whether the whole source is down. By default, the probe succeeds. */
  readonly probe?: () => Promise<unknown>;
}

/**
 * The names of requests that read lists. `createSource` uses the name of such a request as its subject too. By this, the gateway recognises
 * requests for lists, which it never cuts off.
 */
const LISTS = new Set(['probe', 'list']);

/**
 * Creates a source that answers each request as the test defines. `started` records when each request starts, in milliseconds since the
 * source was created.
 */
export function createSource({
  concurrency = 3,
  limit = 500,
  timeoutMs = 10_000,
  retries = 2,
  inSlot = IN_ANY_SLOT,
  probe,
}: Settings = {}) {
  const began = Date.now();
  const started: { readonly name: string; readonly atMs: number }[] = [];
  const outcomes: string[] = [];
  const whenFull = (name: string) => new UpstreamNotAttemptedError(name, 'full');
  const requestQueue = createRequestQueue({ concurrency, inSlot, limit, whenFull });
  const note = (name: string) => started.push({ name, atMs: Date.now() - began });
  const toRequest = (name: string, make: (signal: AbortSignal) => Promise<unknown>) => ({
    operation: name,
    subject: LISTS.has(name) ? name : `about ${name}`,
    async exchange(signal: AbortSignal) {
      note(name);
      return String(await make(signal));
    },
    read: (body: string) => ({ value: body, complete: true }),
  });
  const lane = requestQueue.createLane();
  const attempts = createAttempts({
    lane,
    clock: SYSTEM_CLOCK,
    shareRefusals: SHARE_NOTHING,
    endsWhenGone: true,
    timeoutMs,
    retries,
    probe: toRequest('probe', probe ?? (async () => 'up')),
    onAttempt: ({ outcome }) => outcomes.push(outcome),
  });
  return {
    requestQueue,
    lane,
    started,
    outcomes,
    nowMs: () => Date.now() - began,
    circuit: () => attempts.circuit,
    /** Sends a request. Resolves to the answer or to the code of the failure. */
    ask: (name: string, make: (signal: AbortSignal) => Promise<unknown>, demand = AWAITED) =>
      attempts
        .ask(toRequest(name, make), demand)
        .catch((error: Error) => (error instanceof UpstreamError ? error.code : error.name)),
    startsOf: (name: string) => started.filter((start) => start.name === name).map(({ atMs }) => atMs),
  };
}

/** Creates a function that answers requests. Its first calls throw `errors`, one error at each call. All later calls return an answer. */
export function failing(...errors: Error[]): () => Promise<string> {
  return async () => {
    const error = errors.shift();
    if (error !== undefined) throw error;
    return 'answer';
  };
}

export const always = (error: () => Error) => async () => {
  throw error();
};

export const taking = (ms: number) => () =>
  new Promise<string>((resolve) => {
    setTimeout(() => resolve('answer'), ms);
  });

/** Never answers a request, but rejects when the request is aborted. */
export const silent = (signal: AbortSignal) =>
  new Promise<never>((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason));
  });

/** Never answers a request. Rejects 10 ms after the request was aborted, as if RunPod noticed the abort only then. */
export async function lingering(signal: AbortSignal): Promise<never> {
  return silent(signal).catch(async (error: unknown) => {
    await taking(10)();
    throw error;
  });
}

/**
 * Creates a function that answers its first request after `first` milliseconds, and later requests after `then` milliseconds. It rejects
 * when the request is aborted.
 */
export function abortable(first: number, then = first): (signal: AbortSignal) => Promise<string> {
  let ms = first;
  return (signal) => {
    const answer = taking(ms)();
    ms = then;
    return Promise.race([answer, silent(signal)]);
  };
}

/** Advances the clock by `ms`, and waits until the answers that have arrived by then are parsed. */
export async function passMs(ms: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(ms);
  await setImmediate();
}
