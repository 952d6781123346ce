import { describe, expect, it } from 'vitest';
import { MAX_TRIES } from '../src/cache/supplement-tries.ts';
import { createSupplements, MAX_WAITING } from '../src/cache/supplements.ts';

const FRESH_MS = 1000;
const HOUR_MS = 3_600_000;

/**
 * Creates a queue of supplements with a simulated clock. A supplement is an answer of the GraphQL API. It adds spot prices and pod sizes to
 * the stock that the REST API reports. `asked` lists the keys of the supplements that the queue has requested so far.
 */
function open(supplied: 'something' | 'nothing' = 'something') {
  let nowMs = 0;
  const asked: string[] = [];
  const supplements = createSupplements({
    freshMs: FRESH_MS,
    now: () => nowMs,
    stopping: new AbortController().signal,
    onFault(error) {
      throw error;
    },
  });
  return {
    asked,
    periodMs: supplements.periodMs,
    hasten: (key: string) => supplements.hasten(key),
    request: (...keys: readonly string[]) => {
      for (const key of keys)
        supplements.request(key, async () => {
          asked.push(key);
          return supplied;
        });
    },
    idle: () => new Promise(setImmediate),
    pass: (ms: number) => {
      nowMs += ms;
    },
  };
}

const keysOf = (count: number, name: string) => Array.from({ length: count }, (_, index) => `${name} ${index}`);

describe('the queue of supplements', () => {
  it('ignores keys while it is full, and accepts them when they are added again', async () => {
    const { asked, request, idle } = open();
    const keys = keysOf(MAX_WAITING, 'key');
    request(...keys, 'late');
    await idle();
    expect(asked).toEqual(keys);
    request('late');
    await idle();
    expect(asked).toEqual([...keys, 'late']);
  });

  it('requests a key only once if it is added twice, and again after five times the freshness time', async () => {
    const { asked, request, idle, pass, periodMs } = open();
    request('a', 'a');
    await idle();
    pass(5 * FRESH_MS - 1);
    request('a');
    await idle();
    expect([asked, periodMs]).toEqual([['a'], 5 * FRESH_MS]);
    pass(1);
    request('a');
    await idle();
    expect(asked).toEqual(['a', 'a']);
  });

  it('requests a key sooner when something new is in stock', async () => {
    const { asked, request, idle, pass, hasten } = open();
    request('a');
    await idle();
    hasten('a');
    pass(FRESH_MS - 1);
    request('a');
    await idle();
    expect(asked).toEqual(['a']);
    pass(1);
    request('a');
    await idle();
    expect(asked).toEqual(['a', 'a']);
  });

  it('forgets the key whose request was longest ago when it remembers too many keys', async () => {
    const { asked, request, idle } = open();
    request('first', 'second');
    await idle();
    for (let count = 0; count < MAX_TRIES - 1; count += MAX_WAITING) {
      request(...keysOf(Math.min(MAX_WAITING, MAX_TRIES - 1 - count), `keys after ${count}`));
      await idle();
    }
    asked.length = 0;
    request('first', 'second');
    await idle();
    expect(asked).toEqual(['first']);
  });

  it('requests three keys each hour while supplements contain nothing, however often keys are added', async () => {
    const { asked, request, idle, pass } = open('nothing');
    const keys = keysOf(10, 'key');
    request(...keys);
    await idle();
    expect(asked).toEqual(keys);
    for (const round of [1, 2]) {
      pass(HOUR_MS - 1);
      request(...keys);
      await idle();
      expect(asked).toHaveLength(10 + 3 * (round - 1));
      pass(1);
      for (let times = 0; times < 3; times += 1) {
        request(...keys);
        await idle();
      }
      expect(asked).toHaveLength(10 + 3 * round);
    }
  });
});
