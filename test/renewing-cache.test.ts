import { describe, expect, it } from 'vitest';
import { type Leases, OWN_LEASES } from '../src/cache/leases.ts';
import type { Renewable } from '../src/cache/renewable.ts';
import { createMemoryStore } from '../src/cache/store.ts';
import { type UpstreamError, UpstreamNotAttemptedError, UpstreamUnreachableError } from '../src/domain/errors.ts';
import { createCache, HOLD_OFF_MS } from './support/held-loads.ts';
import { waiting } from './support/waiting.ts';

describe('a refresh in the background', () => {
  it('is treated as an awaited load as soon as a client waits for it', async () => {
    const { cache, renewable, fill, nthLoad, pass } = createCache();
    await fill();
    pass(100);
    expect(await cache.read(renewable, waiting())).toBe('old');
    const { demand, resolve } = await nthLoad(2);
    expect(demand.awaited).toBe(false);
    const pending = cache.read({ ...renewable, mayServe: () => false }, waiting());
    await expect.poll(() => demand.awaited).toBe(true);
    resolve('new');
    expect(await pending).toBe('new');
  });

  it('reports only faults that are not UpstreamErrors', async () => {
    const { cache, renewable, faults, fill, nthLoad, pass } = createCache();
    await fill();
    const fault = new Error('a fault');
    for (const [index, error] of [new UpstreamUnreachableError('op', 'down'), fault].entries()) {
      pass(HOLD_OFF_MS);
      const good = { ...renewable, goodForMs: Number.POSITIVE_INFINITY };
      await cache.read(good, waiting());
      (await nthLoad(index + 2)).reject(error);
      await expect.poll(() => faults).toHaveLength(index);
    }
    expect(faults).toEqual([fault]);
  });
});

describe('a load that fails', () => {
  it.each<[string, UpstreamError, number]>([
    ['is not repeated for a while after a request has failed', new UpstreamUnreachableError('op', 'down'), 1],
    ['is repeated at once when no request was sent', new UpstreamNotAttemptedError('op', 'full'), 2],
  ])('%s', async (_what, error, loads) => {
    const { cache, renewable, nthLoad, loads: made, pass } = createCache();
    const first = cache.read(renewable, waiting());
    (await nthLoad(1)).reject(error);
    await expect(first).rejects.toBe(error);
    pass(HOLD_OFF_MS - 1);
    const second = cache.read(renewable, waiting()).catch(() => {});
    if (loads === 2) (await nthLoad(2)).reject(error);
    await second;
    expect(made).toHaveLength(loads);
    pass(HOLD_OFF_MS);
    const third = cache.read(renewable, waiting());
    (await nthLoad(loads + 1)).resolve('answer');
    expect(await third).toBe('answer');
  });

  it('makes the cache return the value that the reader had rejected as too old', async () => {
    const { cache, renewable, fill, nthLoad } = createCache();
    await fill();
    const read = cache.read({ ...renewable, mayServe: () => false }, waiting());
    (await nthLoad(2)).reject(new UpstreamUnreachableError('op', 'down'));
    expect(await read).toBe('old');
  });

  it('causes no unhandled rejection if no reader waits any more when it fails', async () => {
    const { cache, renewable, nthLoad } = createCache();
    const client = waiting();
    const read = cache.read(renewable, client);
    const { demand, reject } = await nthLoad(1);
    client.leave();
    await expect(read).rejects.toThrow('left');
    expect(demand.signal.aborted).toBe(true);
    const unhandled: unknown[] = [];
    const note = (error: unknown) => unhandled.push(error);
    process.on('unhandledRejection', note);
    reject(new Error('too late'));
    await new Promise(setImmediate);
    process.off('unhandledRejection', note);
    expect(unhandled).toEqual([]);
  });
});

describe('a load for which no reader waits any more', () => {
  it('does not replace a load that was started after it', async () => {
    const { cache, renewable, nthLoad, loads, pass } = createCache();
    const client = waiting();
    const left = cache.read(renewable, client).catch(() => {});
    const abandoned = await nthLoad(1);
    client.leave();
    await left;
    pass(1);
    const second = cache.read({ ...renewable, mayServe: () => false }, waiting());
    const { resolve } = await nthLoad(2);
    abandoned.resolve('late');
    await new Promise(setImmediate);
    const third = cache.read({ ...renewable, mayServe: () => false }, waiting());
    await new Promise(setImmediate);
    expect(loads).toHaveLength(2);
    resolve('answer');
    expect(await Promise.all([second, third])).toEqual(['answer', 'answer']);
  });
});

describe('a load that returns more values than requested', () => {
  it('serves the readers of all returned values', async () => {
    const { cache, renewable, nthLoad, loads } = createCache();
    const both = (key: string): Renewable<string> => ({
      ...renewable,
      key,
      load: async (demand) =>
        (await renewable.load(demand)).flatMap((loaded) => ['a', 'b'].map((told) => ({ ...loaded, key: told }))),
    });
    const reads = [cache.read(both('a'), waiting()), cache.read(both('b'), waiting())];
    (await nthLoad(1)).resolve('answer');
    expect(await Promise.all(reads)).toEqual(['answer', 'answer']);
    expect(await cache.lookUp(both('b'))).toBeDefined();
    expect(loads).toHaveLength(1);
  });

  it('fails the read if the requested value is not among them', async () => {
    const { cache, renewable, nthLoad } = createCache();
    const read = cache.read({ ...renewable, key: 'other' }, waiting());
    (await nthLoad(1)).resolve('answer');
    await expect(read).rejects.toThrow('did not include it');
  });

  it('is tried once more, under the new name, if it fails and its name has changed meanwhile', async () => {
    const { cache, renewable, nthLoad, loads } = createCache();
    let name = 'first';
    const read = cache.read({ ...renewable, loadName: () => name }, waiting());
    const { reject } = await nthLoad(1);
    name = 'second';
    reject(new UpstreamUnreachableError('op', 'down'));
    (await nthLoad(2)).resolve('answer');
    expect(await read).toBe('answer');
    expect(loads).toHaveLength(2);
  });
});

describe('a value that another replica loads while this one waits for the lease', () => {
  /**
   * Creates the caches of two replicas with a shared store. The second replica gets no lease (the exclusive right to load a value) until
   * `letIn` is called.
   */
  function createTwo() {
    const store = createMemoryStore();
    let letIn = () => {};
    const isLet = new Promise<void>((resolve) => {
      letIn = resolve;
    });
    const leases: Leases = { take: (...args) => isLet.then(() => OWN_LEASES.take(...args)) };
    return { first: createCache({ store }), second: createCache({ store, leases }), letIn };
  }

  it('is not loaded again', async () => {
    const { first, second, letIn } = createTwo();
    const pending = second.cache.read(second.renewable, waiting());
    await first.fill();
    letIn();
    expect(await pending).toBe('old');
    expect(second.loads).toHaveLength(0);
  });

  it('is refreshed once', async () => {
    const { first, second, letIn } = createTwo();
    await first.fill();
    for (const { pass } of [first, second]) pass(100);
    const renewing = second.cache.renew(second.renewable, waiting());
    const renewed = first.cache.renew(first.renewable, waiting());
    (await first.nthLoad(2)).resolve('new');
    await renewed;
    letIn();
    await renewing;
    expect(second.loads).toHaveLength(0);
    expect(await second.cache.read(second.renewable, waiting())).toBe('new');
  });

  it('can be refreshed by either replica afterwards', async () => {
    const { first, second, letIn } = createTwo();
    letIn();
    await first.fill();
    const renewing = second.cache.renew(second.renewable, waiting());
    (await second.nthLoad(1)).resolve('new');
    await renewing;
    expect(await first.cache.read(first.renewable, waiting())).toBe('new');
  });
});
