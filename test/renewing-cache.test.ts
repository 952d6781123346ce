import { describe, expect, it } from 'vitest';
import { type Leases, OWN_LEASES } from '../src/cache/leases.ts';
import type { Renewable } from '../src/cache/renewable.ts';
import { createRenewingCache } from '../src/cache/renewing-cache.ts';
import { createMemoryStore, type Kept } from '../src/cache/store.ts';
import type { Demand } from '../src/domain/catalog.ts';
import { type Client, createUnlimitedClient, GATEWAY } from '../src/domain/client.ts';
import {
  ClientLimitedError,
  type UpstreamError,
  UpstreamNotAttemptedError,
  UpstreamUnreachableError,
} from '../src/domain/errors.ts';

const HOLD_OFF_MS = 5000;

const somebody = (): Demand & { leave: () => void } => {
  const leaving = new AbortController();
  return { signal: leaving.signal, awaited: true, clients: [GATEWAY], leave: () => leaving.abort(new Error('left')) };
};

/** Creates a cache with a simulated clock. Each load that the cache starts ends only when the test resolves or rejects it. */
function createCache({ store = createMemoryStore(), leases = OWN_LEASES } = {}) {
  let time = 0;
  const faults: unknown[] = [];
  const cache = createRenewingCache({
    store,
    leases,
    now: () => time,
    holdOffMs: HOLD_OFF_MS,
    onRead: () => {},
    onFault: (error) => faults.push(error),
  });
  const loads: {
    readonly demand: Demand;
    readonly resolve: (value: string) => void;
    readonly reject: (error: Error) => void;
  }[] = [];
  const renewable: Renewable<string> = {
    key: 'key',
    loadName: () => 'load',
    load: (demand) =>
      new Promise((resolve, reject) => {
        const asked = { askedAt: time, observedAt: new Date(time).toISOString() };
        const merge = (value: string) => (before: Kept<string> | undefined) =>
          before !== undefined && before.askedAt > asked.askedAt ? before.value : value;
        loads.push({ demand, resolve: (value) => resolve([{ key: 'key', ...asked, merge: merge(value) }]), reject });
      }),
    dueAfterMs: () => 100,
    goodForMs: 1000,
  };
  const nthLoad = async (count: number) => {
    await expect.poll(() => loads.length).toBe(count);
    return loads[count - 1] as (typeof loads)[number];
  };
  return {
    cache,
    renewable,
    loads,
    faults,
    nthLoad,
    pass: (ms: number) => {
      time += ms;
    },
    /** Stores the value 'old' in the cache. */
    fill: async () => {
      const read = cache.read(renewable, somebody());
      (await nthLoad(1)).resolve('old');
      await read;
    },
  };
}

describe('a refresh in the background', () => {
  it('is treated as an awaited load as soon as a client waits for it', async () => {
    const { cache, renewable, fill, nthLoad, pass } = createCache();
    await fill();
    pass(100);
    expect(await cache.read(renewable, somebody())).toBe('old');
    const { demand, resolve } = await nthLoad(2);
    expect(demand.awaited).toBe(false);
    const waiting = cache.read({ ...renewable, mayServe: () => false }, somebody());
    await expect.poll(() => demand.awaited).toBe(true);
    resolve('new');
    expect(await waiting).toBe('new');
  });

  it('reports only faults that are not UpstreamErrors', async () => {
    const { cache, renewable, faults, fill, nthLoad, pass } = createCache();
    await fill();
    const fault = new Error('a fault');
    for (const [index, error] of [new UpstreamUnreachableError('op', 'down'), fault].entries()) {
      pass(HOLD_OFF_MS);
      const good = { ...renewable, goodForMs: Number.POSITIVE_INFINITY };
      await cache.read(good, somebody());
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
    const first = cache.read(renewable, somebody());
    (await nthLoad(1)).reject(error);
    await expect(first).rejects.toBe(error);
    pass(HOLD_OFF_MS - 1);
    const second = cache.read(renewable, somebody()).catch(() => {});
    if (loads === 2) (await nthLoad(2)).reject(error);
    await second;
    expect(made).toHaveLength(loads);
    pass(HOLD_OFF_MS);
    const third = cache.read(renewable, somebody());
    (await nthLoad(loads + 1)).resolve('answer');
    expect(await third).toBe('answer');
  });

  it('makes the cache return the value that the reader had rejected as too old', async () => {
    const { cache, renewable, fill, nthLoad } = createCache();
    await fill();
    const read = cache.read({ ...renewable, mayServe: () => false }, somebody());
    (await nthLoad(2)).reject(new UpstreamUnreachableError('op', 'down'));
    expect(await read).toBe('old');
  });

  it('causes no unhandled rejection if no reader waits any more when it fails', async () => {
    const { cache, renewable, nthLoad } = createCache();
    const client = somebody();
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
    const client = somebody();
    const left = cache.read(renewable, client).catch(() => {});
    const abandoned = await nthLoad(1);
    client.leave();
    await left;
    pass(1);
    const second = cache.read({ ...renewable, mayServe: () => false }, somebody());
    const { resolve } = await nthLoad(2);
    abandoned.resolve('late');
    await new Promise(setImmediate);
    const third = cache.read({ ...renewable, mayServe: () => false }, somebody());
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
    const reads = [cache.read(both('a'), somebody()), cache.read(both('b'), somebody())];
    (await nthLoad(1)).resolve('answer');
    expect(await Promise.all(reads)).toEqual(['answer', 'answer']);
    expect(await cache.lookUp(both('b'))).toBeDefined();
    expect(loads).toHaveLength(1);
  });

  it('fails the read if the requested value is not among them', async () => {
    const { cache, renewable, nthLoad } = createCache();
    const read = cache.read({ ...renewable, key: 'other' }, somebody());
    (await nthLoad(1)).resolve('answer');
    await expect(read).rejects.toThrow('did not include it');
  });

  it('is followed by the other load that returns the value if it fails, but only once', async () => {
    const { cache, renewable, nthLoad, loads } = createCache();
    let name = 'first';
    const read = cache.read({ ...renewable, loadName: () => name }, somebody());
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
    const waiting = second.cache.read(second.renewable, somebody());
    await first.fill();
    letIn();
    expect(await waiting).toBe('old');
    expect(second.loads).toHaveLength(0);
  });

  it('is refreshed once', async () => {
    const { first, second, letIn } = createTwo();
    await first.fill();
    for (const { pass } of [first, second]) pass(100);
    const renewing = second.cache.renew(second.renewable, somebody());
    const renewed = first.cache.renew(first.renewable, somebody());
    (await first.nthLoad(2)).resolve('new');
    await renewed;
    letIn();
    await renewing;
    expect(second.loads).toHaveLength(0);
    expect(await second.cache.read(second.renewable, somebody())).toBe('new');
  });

  it('can be refreshed by either replica afterwards', async () => {
    const { first, second, letIn } = createTwo();
    letIn();
    await first.fill();
    const renewing = second.cache.renew(second.renewable, somebody());
    (await second.nthLoad(1)).resolve('new');
    await renewing;
    expect(await first.cache.read(first.renewable, somebody())).toBe('new');
  });
});

describe('a client whose budget is spent', () => {
  let waitMs = 0;
  const poor: Client = {
    ...createUnlimitedClient(),
    waitMs: () => waitMs,
    left: () => (waitMs === 0 ? 1 : 0),
  };
  const demandOf = (client: Client): Demand => ({ ...somebody(), clients: [client] });

  it('starts no load, and receives the cached value', async () => {
    const { cache, renewable, loads, fill, pass } = createCache();
    waitMs = 1000;
    await expect(cache.read(renewable, demandOf(poor))).rejects.toBeInstanceOf(ClientLimitedError);
    expect(loads).toEqual([]);
    await fill();
    pass(100);
    expect(await cache.read(renewable, demandOf(poor))).toBe('old');
    expect(loads).toHaveLength(1);
  });

  it('releases its lease to other replicas without reporting a failure', async () => {
    const endings: string[] = [];
    const lease = { confirm: async () => true, release: async (ending: string) => void endings.push(ending) };
    const { cache, renewable, nthLoad } = createCache({ leases: { take: async () => lease } });
    waitMs = 0;
    const answer = cache.read(renewable, demandOf(poor));
    const { reject } = await nthLoad(1);
    waitMs = 1000;
    reject(new ClientLimitedError(1, waitMs));
    await expect(answer).rejects.toBeInstanceOf(ClientLimitedError);
    expect(endings).toEqual(['undecided']);
  });

  it('shares the load of another client', async () => {
    const { cache, renewable, nthLoad } = createCache();
    waitMs = 1000;
    const other = cache.read(renewable, demandOf(GATEWAY));
    const { demand, resolve } = await nthLoad(1);
    const own = cache.read(renewable, demandOf(poor));
    await expect.poll(() => demand.clients).toEqual([GATEWAY, poor]);
    resolve('new');
    expect(await Promise.all([other, own])).toEqual(['new', 'new']);
  });

  it('causes no failure for another client that shares its load', async () => {
    const { cache, renewable, nthLoad } = createCache();
    waitMs = 0;
    const own = cache.read(renewable, demandOf(poor));
    const { demand, reject } = await nthLoad(1);
    const other = cache.read(renewable, demandOf(GATEWAY));
    await expect.poll(() => demand.clients).toHaveLength(2);
    waitMs = 1000;
    reject(new ClientLimitedError(1, waitMs));
    await expect(own).rejects.toBeInstanceOf(ClientLimitedError);
    (await nthLoad(2)).resolve('new');
    expect(await other).toBe('new');
  });
});
