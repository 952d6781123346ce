import { AsyncLocalStorage } from 'node:async_hooks';
import { describe, expect, it } from 'vitest';
import type { Supplied } from '../src/cache/supplement-tries.ts';
import { createSupplements } from '../src/cache/supplements.ts';
import type { Demand } from '../src/domain/catalog.ts';
import { GATEWAY } from '../src/domain/client.ts';
import { ClientLimitedError, UpstreamNotAttemptedError, UpstreamUnreachableError } from '../src/domain/errors.ts';
import { held, idle } from './support/cached-catalog.ts';

const FRESH_MS = 1000;
const PERIOD_MS = 5 * FRESH_MS;
const HOUR_MS = 3_600_000;

const DOWN = new UpstreamUnreachableError('prices', 'HTTP 503');
const NOT_SENT = new UpstreamNotAttemptedError('prices', 'too many requests are waiting');
const NO_BUDGET = new ClientLimitedError(60, 1000);

/**
 * Creates a queue of supplements (answers of a second source that add spot prices and pod sizes) with a simulated clock. `results` contains
 * the outcome of the requests for each key: the data that they return, or the error that they throw. The default is `'something'`.
 */
function open() {
  let nowMs = 0;
  const results = new Map<string, Supplied | Error | Promise<Supplied>>();
  const demands: Demand[] = [];
  const faults: unknown[] = [];
  const stopping = new AbortController();
  const supplements = createSupplements({
    freshMs: FRESH_MS,
    now: () => nowMs,
    stopping: stopping.signal,
    onFault: (error) => faults.push(error),
  });
  const asked: string[] = [];
  const request = (...keys: readonly string[]) => {
    for (const key of keys)
      supplements.request(key, async (demand) => {
        asked.push(key);
        demands.push(demand);
        const result = results.get(key) ?? 'something';
        if (result instanceof Error) throw result;
        return result;
      });
  };
  return {
    results,
    demands,
    faults,
    stopping,
    supplements,
    asked,
    request,
    /** Sets the clock to `ms`, and requests a supplement for each key. Returns the keys for which a request was then sent. */
    at: async (ms: number, ...keys: readonly string[]): Promise<readonly string[]> => {
      nowMs = ms;
      const before = asked.length;
      request(...keys);
      await idle();
      return asked.slice(before);
    },
  };
}

describe('a supplement whose request failed', () => {
  it('is due again after the usual time, even if something new is in stock', async () => {
    const { at, results, supplements, faults } = open();
    results.set('a', DOWN);
    expect(await at(0, 'a')).toEqual(['a']);
    supplements.hasten('a');
    expect(await at(PERIOD_MS - 1, 'a')).toEqual([]);
    expect(await at(PERIOD_MS, 'a')).toEqual(['a']);
    expect(faults).toEqual([]);
  });

  it('is due again sooner if the request was not sent', async () => {
    const { at, results } = open();
    results.set('a', NOT_SENT);
    await at(0, 'a');
    expect(await at(FRESH_MS - 1, 'a')).toEqual([]);
    expect(await at(FRESH_MS, 'a')).toEqual(['a']);
  });

  it('does not prevent other requests', async () => {
    const { at, results } = open();
    results.set('a', DOWN);
    expect(await at(0, 'a', 'b')).toEqual(['a', 'b']);
    expect(await at(0, 'c')).toEqual(['c']);
  });

  it('is reported as a fault if the error is not an UpstreamError, unless the gateway stops', async () => {
    const { at, results, faults, stopping, request } = open();
    const fault = new TypeError('a bug');
    results.set('a', fault);
    await at(0, 'a');
    expect(faults).toEqual([fault]);
    const running = held<Supplied>();
    results.set(
      'b',
      running.promise.then(() => Promise.reject(fault)),
    );
    request('b', 'c');
    await idle();
    stopping.abort();
    running.resolve('something');
    await idle();
    expect(faults).toEqual([fault]);
    expect(await at(0, 'd')).toEqual([]);
  });
});

describe('a supplement whose request was postponed', () => {
  it.each<[string, Supplied | Error]>([
    ['its client has too little budget left', 'postponed'],
    ['its client has no budget left', NO_BUDGET],
  ])('is due at once because %s', async (_why, result) => {
    const { at, results, faults } = open();
    results.set('a', result);
    expect(await at(0, 'a')).toEqual(['a']);
    results.delete('a');
    expect(await at(0, 'a')).toEqual(['a']);
    expect(await at(0, 'a')).toEqual([]);
    results.set('a', result);
    expect(await at(PERIOD_MS, 'a')).toEqual(['a']);
    expect(await at(PERIOD_MS, 'a')).toEqual(['a']);
    expect(faults).toEqual([]);
  });
});

describe('a supplement that has never been requested', () => {
  it('is due even if something new came into stock before its first request', async () => {
    const { at, supplements } = open();
    supplements.hasten('a');
    expect(await at(0, 'a')).toEqual(['a']);
  });
});

describe('waiting supplements', () => {
  it('are requested one at a time, in the order in which they were last requested', async () => {
    const { at, asked, request, results } = open();
    await at(0, 'c');
    await at(1, 'a');
    await at(2, 'b');
    const running = held<Supplied>();
    results.set('new', running.promise);
    expect(await at(3 * PERIOD_MS, 'a', 'b', 'c', 'new')).toEqual(['new']);
    request('newer', 'a');
    await idle();
    expect(asked).toHaveLength(4);
    running.resolve('something');
    await idle();
    expect(asked.slice(4)).toEqual(['newer', 'c', 'a', 'b']);
  });

  it('are requested on behalf of the gateway, and no client waits for them', async () => {
    const { at, demands, stopping } = open();
    await at(0, 'a');
    expect(demands).toEqual([{ awaited: false, clients: [GATEWAY], signal: stopping.signal }]);
  });

  it('belong to the operations that added them', async () => {
    const operation = new AsyncLocalStorage<string>();
    const { supplements } = open();
    const seen: unknown[] = [];
    for (const name of ['first', 'second']) {
      operation.run(name, () =>
        supplements.request(name, async () => {
          seen.push(operation.getStore());
          return 'something';
        }),
      );
    }
    await idle();
    expect(seen).toEqual(['first', 'second']);
  });
});

describe('a supplement that contained nothing', () => {
  it('is due after the usual time if another one contained something at the same time', async () => {
    const { at, results } = open();
    results.set('empty', 'nothing');
    await at(0, 'something', 'empty');
    expect(await at(PERIOD_MS - 1, 'empty')).toEqual([]);
    expect(await at(PERIOD_MS, 'empty')).toEqual(['empty']);
  });

  it('is due at once when another one contains something later', async () => {
    const { at, results } = open();
    results.set('empty', 'nothing');
    await at(0, 'empty');
    expect(await at(PERIOD_MS, 'empty')).toEqual([]);
    expect(await at(PERIOD_MS + 1, 'something')).toEqual(['something']);
    expect(await at(PERIOD_MS + 1, 'empty')).toEqual(['empty']);
  });

  it('is requested again an hour after the latest supplement that contained nothing', async () => {
    const { at, results } = open();
    for (const key of ['a', 'b']) results.set(key, 'nothing');
    await at(0, 'a');
    await at(HOUR_MS / 2, 'b');
    expect(await at(1.5 * HOUR_MS - 1, 'a', 'b')).toEqual([]);
    expect(await at(1.5 * HOUR_MS, 'a', 'b')).toEqual(['a', 'b']);
  });

  it('is among at most three that are requested again each hour, even if those requests fail', async () => {
    const { at, results } = open();
    const keys = ['a', 'b', 'c', 'd'];
    for (const key of keys) results.set(key, 'nothing');
    await at(0, ...keys);
    for (const key of keys) results.set(key, DOWN);
    expect(await at(HOUR_MS, ...keys)).toEqual(['a', 'b', 'c']);
    expect(await at(HOUR_MS, ...keys)).toEqual([]);
    expect(await at(2 * HOUR_MS, ...keys)).toEqual(['d', 'a', 'b']);
  });

  it('is requested in the next hour, however late in this hour the other requests were sent', async () => {
    const { at, results } = open();
    for (const key of ['a', 'b']) results.set(key, 'nothing');
    await at(0, 'a', 'b');
    expect(await at(HOUR_MS, 'a')).toEqual(['a']);
    expect(await at(1.5 * HOUR_MS, 'b')).toEqual(['b']);
    expect(await at(2 * HOUR_MS, 'a', 'b')).toEqual(['a', 'b']);
  });

  it('is not counted as requested if no request was needed', async () => {
    const { at, results } = open();
    const keys = ['a', 'b', 'c', 'd'];
    for (const key of keys) results.set(key, 'nothing');
    await at(0, ...keys);
    results.set('a', 'not asked');
    expect(await at(HOUR_MS, ...keys)).toEqual(['a', 'b', 'c', 'd']);
    results.set('a', 'nothing');
    expect(await at(HOUR_MS, ...keys)).toEqual([]);
    expect(await at(2 * HOUR_MS, ...keys)).toEqual(['a', 'b', 'c']);
  });
});

describe('a supplement for which no request was needed', () => {
  it('is due after the usual time', async () => {
    const { at, results } = open();
    results.set('a', 'not asked');
    await at(0, 'a');
    expect(await at(PERIOD_MS - 1, 'a')).toEqual([]);
    expect(await at(PERIOD_MS, 'a')).toEqual(['a']);
  });
});
