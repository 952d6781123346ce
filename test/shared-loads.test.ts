import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { createSharedLoads } from '../src/cache/shared-loads.ts';
import type { Demand } from '../src/domain/catalog.ts';
import { createUnlimitedClient } from '../src/domain/client.ts';
import { held, idle } from './support/cached-catalog.ts';

/** Creates the demand of a new client, to pass to `join`. `leave` aborts the demand's signal, as if the client had disconnected. */
function newClient({ awaited = true } = {}) {
  const leaving = new AbortController();
  const demand: Demand = { signal: leaving.signal, awaited, clients: [createUnlimitedClient()] };
  return { demand, leave: () => leaving.abort(new Error('left')) };
}

/**
 * Creates shared loads. Readers with the same key share one load, which runs until the test settles `answer`. `started` contains the demand
 * that each load was started with.
 */
function open({ closing }: { readonly closing?: AbortSignal } = {}) {
  const loads = createSharedLoads(closing);
  const started: Demand[] = [];
  const answer = held<string>();
  const start = (demand: Demand) => {
    started.push(demand);
    return answer.promise;
  };
  return { loads, started, answer, join: (demand: Demand, key = 'key') => loads.join(key, start, demand) };
}

describe('a load', () => {
  it('is shared by all readers with the same key', async () => {
    const { started, answer, join, loads } = open();
    const reads = [join(newClient().demand), join(newClient().demand), join(newClient().demand, 'other')];
    await idle();
    expect(started).toHaveLength(2);
    expect([loads.isRunning('key'), loads.isRunning('unknown')]).toEqual([true, false]);
    answer.resolve('answer');
    expect(await Promise.all(reads)).toEqual(['answer', 'answer', 'answer']);
    expect(loads.isRunning('key')).toBe(false);
  });

  it('continues until the last of its readers leaves, and cannot be joined after that', async () => {
    const { started, join, loads } = open();
    const [first, second] = [newClient(), newClient()];
    const reads = [join(first.demand), join(second.demand)];
    await idle();
    first.leave();
    await expect(reads[0]).rejects.toThrow('left');
    expect([started[0]?.signal.aborted, loads.isRunning('key')]).toEqual([false, true]);
    second.leave();
    await expect(reads[1]).rejects.toThrow('left');
    expect([started[0]?.signal.aborted, loads.isRunning('key')]).toEqual([true, false]);
    void join(newClient().demand);
    await idle();
    expect(started).toHaveLength(2);
  });

  it('is awaited while at least one of its readers waits', async () => {
    const { started, join } = open();
    void join(newClient({ awaited: false }).demand);
    await idle();
    expect(started[0]?.awaited).toBe(false);
    const { demand, leave } = newClient();
    const read = join(demand);
    expect(started[0]?.awaited).toBe(true);
    leave();
    await expect(read).rejects.toThrow('left');
    expect(started[0]?.awaited).toBe(false);
  });

  it('is not started for a reader that has already left', async () => {
    const { started, join, loads } = open();
    const { demand, leave } = newClient();
    leave();
    await expect(join(demand)).rejects.toThrow('left');
    await idle();
    expect([started.length, loads.isRunning('key')]).toEqual([0, false]);
  });

  it('leaves no listener on the signals of its readers', async () => {
    const { answer, join } = open();
    const { demand } = newClient();
    const reads = [join(demand), join(demand)];
    expect(getEventListeners(demand.signal, 'abort')).toHaveLength(2);
    answer.resolve('answer');
    await Promise.all(reads);
    expect(getEventListeners(demand.signal, 'abort')).toEqual([]);
  });
});

describe('the clients of a load', () => {
  it('are those that wait, each once, in the order in which they came', async () => {
    const { started, join } = open();
    const [first, second] = [newClient(), newClient()];
    const leavingAgain = new AbortController();
    void join(first.demand);
    const repeated = join({ ...first.demand, signal: leavingAgain.signal });
    void join(second.demand);
    await idle();
    const [load] = started;
    expect(load?.clients).toEqual([...first.demand.clients, ...second.demand.clients]);
    leavingAgain.abort(new Error('left once'));
    await expect(repeated).rejects.toThrow('left once');
    expect(load?.clients).toEqual([...first.demand.clients, ...second.demand.clients]);
  });

  it('do not include a client whose last wait has ended', async () => {
    const { started, join } = open();
    const [staying, leaving] = [newClient(), newClient()];
    const reads = [leaving, leaving, staying].map(({ demand }) => join({ ...demand }));
    await idle();
    const [load] = started;
    expect(load?.clients).toHaveLength(2);
    leaving.leave();
    await Promise.allSettled(reads.slice(0, 2));
    expect(load?.clients).toEqual(staying.demand.clients);
  });

  it('are at most a hundred', async () => {
    const { started, join } = open();
    const clients = Array.from({ length: 101 }, createUnlimitedClient);
    void join({ ...newClient().demand, clients });
    await idle();
    expect(started[0]?.clients).toEqual(clients.slice(0, 100));
  });
});

describe('closing', () => {
  it('ends all loads, and readers receive its reason', async () => {
    const closing = new AbortController();
    const { started, join } = open({ closing: closing.signal });
    const reads = [join(newClient().demand), join(newClient().demand, 'other')];
    await idle();
    closing.abort(new Error('closed'));
    for (const read of reads) await expect(read).rejects.toThrow('closed');
    expect(started.map(({ signal }) => signal.reason)).toEqual([new Error('closed'), new Error('closed')]);
    await expect(join(newClient().demand)).rejects.toThrow('closed');
    await idle();
    expect(started).toHaveLength(2);
  });
});
