import { describe, expect, it } from 'vitest';
import type { Demand } from '../src/domain/catalog.ts';
import { type Client, createUnlimitedClient, GATEWAY } from '../src/domain/client.ts';
import { ClientLimitedError } from '../src/domain/errors.ts';
import { createCache } from './support/held-loads.ts';
import { waiting } from './support/waiting.ts';

describe('a client whose budget is spent', () => {
  let waitMs = 0;
  const poor: Client = {
    ...createUnlimitedClient(),
    waitMs: () => waitMs,
    left: () => (waitMs === 0 ? 1 : 0),
  };
  const demandOf = (client: Client): Demand => ({ ...waiting(), clients: [client] });

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
