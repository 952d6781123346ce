import { getEventListeners } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Demand } from '../src/domain/catalog.ts';
import { GATEWAY } from '../src/domain/client.ts';
import type { InSlot } from '../src/upstream/request/in-slot.ts';
import type { Task } from '../src/upstream/request/task.ts';
import { abortable, createSource, down, lingering, passMs, silent, taking } from './support/attempts.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** Creates a source whose requests need slots that all replicas share. Each call of `grant` gives a slot to the request that waits longest. */
function createSharing({ concurrency = 1, limit = 500 } = {}) {
  const waiting: ((slot: AbortController) => void)[] = [];
  const inSlot: InSlot = async (task) => {
    const slot = await new Promise<AbortController>((resolve) => {
      waiting.push(resolve);
    });
    return task(slot.signal);
  };
  const source = createSource({ concurrency, limit, retries: 0, inSlot });
  return {
    source,
    /** The number of requests that wait for a shared slot. */
    waiting: () => waiting.length,
    grant: async (slot = new AbortController()) => {
      await passMs(0);
      waiting.shift()?.(slot);
      await passMs(0);
      return slot;
    },
    names: () => source.started.map(({ name }) => name),
  };
}

const demandUntil = ({ signal }: AbortController): Demand => ({ signal, awaited: true, clients: [GATEWAY] });

describe('a request that waits for a shared slot', () => {
  it('is not sent if its client leaves first, and then the next request gets a slot', async () => {
    const { source, grant, names } = createSharing();
    const leaving = new AbortController();
    const left = source.ask('left', taking(1), demandUntil(leaving));
    const next = source.ask('next', taking(1));
    leaving.abort();
    expect(await left).toBe('AbortError');
    await grant();
    expect(names()).toEqual([]);
    await grant();
    await passMs(1);
    expect([await next, names()]).toEqual(['answer', ['next']]);
  });

  it('is not sent if it is rejected first', async () => {
    const { source, grant, names } = createSharing();
    const answer = source.ask('rejected', taking(1));
    source.lane.rejectAll(() => down());
    expect(await answer).toBe('UNREACHABLE');
    await grant();
    expect([names(), source.requestQueue.running]).toEqual([[], 0]);
  });

  it('is not sent during a pause that began in the meantime, and is the first to be sent after it', async () => {
    const { source, waiting, grant, names } = createSharing();
    const answers = ['first', 'second'].map((name) => source.ask(name, taking(1)));
    source.lane.pause(1000);
    await grant();
    expect([names(), waiting()]).toEqual([[], 0]);
    await passMs(1000);
    await grant();
    expect(names()).toEqual(['first']);
    await passMs(1);
    await grant();
    await passMs(1);
    expect(await Promise.all(answers)).toEqual(['answer', 'answer']);
    expect(names()).toEqual(['first', 'second']);
  });

  it('is not sent in a slot that is already lost, and is the first to get another one', async () => {
    const { source, grant, names } = createSharing();
    const answers = ['first', 'second'].map((name) => source.ask(name, taking(1)));
    const lost = new AbortController();
    lost.abort();
    await grant(lost);
    expect(names()).toEqual([]);
    await grant();
    await passMs(1);
    await grant();
    await passMs(1);
    expect(await Promise.all(answers)).toEqual(['answer', 'answer']);
    expect(names()).toEqual(['first', 'second']);
  });
});

describe('a request whose shared slot is lost', () => {
  it('is not sent again if its client has left', async () => {
    const { source, grant, names } = createSharing();
    const leaving = new AbortController();
    const answer = source.ask('left', silent, demandUntil(leaving));
    const slot = await grant();
    leaving.abort();
    await passMs(1);
    slot.abort();
    expect(await answer).toBe('AbortError');
    await passMs(1);
    expect([names(), source.requestQueue.waiting, source.requestQueue.running]).toEqual([['left'], 0, 0]);
  });

  it('is sent again only after its run has ended, and its client can still leave until then', async () => {
    const { source, grant, waiting, names } = createSharing({ concurrency: 2 });
    const leaving = new AbortController();
    const answer = source.ask('lingering', lingering, demandUntil(leaving));
    (await grant()).abort();
    await passMs(9);
    expect(waiting()).toBe(0);
    await passMs(1);
    expect([waiting(), names()]).toEqual([1, ['lingering']]);
    leaving.abort();
    expect(await answer).toBe('AbortError');
    await grant();
    expect([names(), source.requestQueue.running]).toEqual([['lingering'], 0]);
  });

  it('is sent again once, after the other requests, if it was cut off just before it lost its slot', async () => {
    const { source, grant, names } = createSharing();
    const hanging = source.ask('hanging', lingering);
    const slot = await grant();
    const other = source.ask('other', taking(1));
    await passMs(5001);
    slot.abort();
    await passMs(10);
    await grant();
    expect(names()).toEqual(['hanging', 'other']);
    await passMs(1);
    expect(await other).toBe('answer');
    await grant();
    await passMs(20_000);
    expect([await hanging, names()]).toEqual(['TIMEOUT', ['hanging', 'other', 'hanging']]);
    expect([source.requestQueue.waiting, source.requestQueue.running]).toEqual([0, 0]);
  });

  it('is not suspected of hanging because of that', async () => {
    const { source, grant, names } = createSharing();
    const first = source.ask('first', abortable(60_000, 10));
    (await grant()).abort();
    await passMs(0);
    await grant();
    await passMs(10);
    expect(await first).toBe('answer');
    const [again, other] = [source.ask('first', taking(1)), source.ask('other', taking(1))];
    await grant();
    await passMs(1);
    await grant();
    await passMs(1);
    await Promise.all([again, other]);
    expect(names()).toEqual(['first', 'first', 'first', 'other']);
  });
});

describe('a finished task', () => {
  it('listens neither to its client nor to its slot any more, whether it succeeded, failed or was cut off', async () => {
    const { source, grant } = createSharing();
    const client = new AbortController();
    const enter = (run: Task<string>['run']) => {
      const task = { name: 'op', run, yieldAfterMs: () => 5000, isSuspect: () => false };
      return source.lane.enter(task, demandUntil(client), 'back').catch((error: Error) => error.message);
    };
    const tasks = [
      enter(async () => 'answer'),
      enter(async () => {
        throw new Error('failed');
      }),
      enter(async (freeSlot) => {
        freeSlot();
        return 'early';
      }),
    ];
    const slots = [await grant(), await grant(), await grant()];
    expect(await Promise.all(tasks)).toEqual(['answer', 'failed', 'early']);
    for (const { signal } of [client, ...slots]) expect(getEventListeners(signal, 'abort')).toEqual([]);
  });
});
