import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createSharedLoads } from '../src/cache/shared-loads.ts';
import type { Demand } from '../src/domain/catalog.ts';
import { createUnlimitedClient } from '../src/domain/client.ts';
import { createBudgetedClient } from '../src/upstream/request/client-budget.ts';
import { createSource, silent } from './support/attempts.ts';

/** Creates a demand: one new client, which waits for the answer, and an abort signal. */
const demandOfNewClient = (): Demand => ({
  signal: new AbortController().signal,
  awaited: true,
  clients: [createUnlimitedClient()],
});

const inBackground = (demand: Demand): Demand => ({ ...demand, awaited: false });

const soon = async () => 'answer';

const later = async () => {
  await setImmediate();
  await setImmediate();
  return 'answer';
};

/** Returns the names of the requests, in the order in which they started. */
const order = ({ started }: ReturnType<typeof createSource>) => started.map(({ name }) => name);

/** Sends `count` requests at the same time, for the same clients. */
const askMany = (source: ReturnType<typeof createSource>, name: string, count: number, demand: Demand) =>
  Array.from({ length: count }, (_, index) => source.ask(`${name}${index}`, soon, demand));

describe('clients', () => {
  it('take turns: the first request of a new client starts before the third of many requests of another client', async () => {
    const source = createSource({ concurrency: 1 });
    const many = askMany(source, 'many', 5, demandOfNewClient());
    const few = askMany(source, 'few', 2, demandOfNewClient());
    await Promise.all([...many, ...few]);
    expect(order(source)).toEqual(['many0', 'many1', 'few0', 'many2', 'few1', 'many3', 'many4']);
  });

  it('are served in the order in which their last requests started', async () => {
    const source = createSource({ concurrency: 1 });
    const [regular, busy] = [demandOfNewClient(), demandOfNewClient()];
    await source.ask('regular', soon, regular);
    const many = askMany(source, 'busy', 4, busy);
    await Promise.all([...many, source.ask('regular again', soon, regular)]);
    expect(order(source)).toEqual(['regular', 'busy0', 'regular again', 'busy1', 'busy2', 'busy3']);
  });

  it('that send one request after another do not delay a waiting client forever', async () => {
    const source = createSource({ concurrency: 1 });
    const many = askMany(source, 'many', 4, demandOfNewClient());
    let newcomers = 0;
    const comeAgain = async (): Promise<void> => {
      newcomers += 1;
      if (newcomers > 100) return;
      await source.ask(`new${newcomers}`, later, demandOfNewClient());
      await comeAgain();
    };
    const coming = [comeAgain(), comeAgain(), comeAgain()];
    await Promise.all(many);
    expect(newcomers).toBeLessThan(20);
    await Promise.all(coming);
  });

  it('take turns with their renewals too, which start after all awaited requests', async () => {
    const source = createSource({ concurrency: 1 });
    const [busy, other] = [demandOfNewClient(), demandOfNewClient()];
    const first = source.ask('first', soon, busy);
    const renewals = [
      ...askMany(source, 'renewal', 3, inBackground(busy)),
      source.ask('other renewal', soon, inBackground(other)),
    ];
    await Promise.all([first, ...renewals, source.ask('question', soon, busy)]);
    expect(order(source)).toEqual(['first', 'question', 'other renewal', 'renewal0', 'renewal1', 'renewal2']);
  });

  it('get an answer that several of them wait for as soon as it is the turn of one of them', async () => {
    const source = createSource({ concurrency: 1 });
    const loads = createSharedLoads();
    const [busy, other] = [demandOfNewClient(), demandOfNewClient()];
    await source.ask('other', soon, other);
    const many = askMany(source, 'busy', 4, busy);
    const start = (shared: Demand) => source.ask('shared', soon, shared);
    const shared = [loads.join('shared', start, busy), loads.join('shared', start, other)];
    await Promise.all([...many, ...shared]);
    expect(order(source)).toEqual(['other', 'busy0', 'shared', 'busy1', 'busy2', 'busy3']);
  });
});

describe('a full queue', () => {
  it('rejects the newest request of the client with the most requests, and accepts a new client', async () => {
    const source = createSource({ concurrency: 1, limit: 3 });
    const many = askMany(source, 'many', 4, demandOfNewClient());
    const few = askMany(source, 'few', 1, demandOfNewClient());
    expect(await Promise.all([...many, ...few])).toEqual(['answer', 'answer', 'answer', 'NOT_ATTEMPTED', 'answer']);
  });

  it('rejects a new request of the client with the most requests', async () => {
    const source = createSource({ concurrency: 1, limit: 3 });
    const busy = demandOfNewClient();
    const few = askMany(source, 'few', 2, demandOfNewClient());
    const many = askMany(source, 'many', 3, busy);
    expect(await Promise.all([...few, ...many])).toEqual(['answer', 'answer', 'answer', 'answer', 'NOT_ATTEMPTED']);
  });

  it('keeps a request that another client waits for too', async () => {
    const source = createSource({ concurrency: 1, limit: 3 });
    const busy = demandOfNewClient();
    const many = askMany(source, 'many', 3, busy);
    const shared = source.ask('shared', soon, { ...busy, clients: [...busy.clients, ...demandOfNewClient().clients] });
    const newcomer = source.ask('newcomer', soon, demandOfNewClient());
    expect(await Promise.all([...many, shared, newcomer])).toEqual([
      'answer',
      'answer',
      'NOT_ATTEMPTED',
      'answer',
      'answer',
    ]);
  });

  it('rejects a request of a client that makes each of its requests in the name of two clients', async () => {
    const source = createSource({ concurrency: 1, limit: 3 });
    const clients = [...demandOfNewClient().clients, ...demandOfNewClient().clients];
    const many = askMany(source, 'many', 4, { ...demandOfNewClient(), clients });
    const newcomer = source.ask('newcomer', soon, demandOfNewClient());
    expect(await Promise.all([...many, newcomer])).toEqual(['answer', 'answer', 'answer', 'NOT_ATTEMPTED', 'answer']);
  });

  it('rejects a renewal before any awaited request', async () => {
    const source = createSource({ concurrency: 1, limit: 3 });
    const busy = demandOfNewClient();
    const many = askMany(source, 'many', 3, busy);
    const renewal = source.ask('renewal', soon, inBackground(demandOfNewClient()));
    const newcomer = source.ask('newcomer', soon, busy);
    expect(await Promise.all([...many, renewal, newcomer])).toEqual([
      'answer',
      'answer',
      'answer',
      'NOT_ATTEMPTED',
      'answer',
    ]);
  });
});

describe('a request that is cut off', () => {
  it('is sent again only if the budget of its client allows another request', async () => {
    const source = createSource({ concurrency: 1, timeoutMs: 2000 });
    const client = createBudgetedClient({ perMinute: 1, now: () => 0, onRefused() {} });
    const hanging = source.ask('hanging', silent, { ...demandOfNewClient(), clients: [client] });
    expect(await source.ask('other', soon, demandOfNewClient())).toBe('answer');
    expect(await hanging).toBe('RATE_LIMITED');
    expect(order(source)).toEqual(['hanging', 'other']);
  });
});
