import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AWAITED, createSource, lingering, passMs, RENEWAL, taking } from './support/attempts.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/**
 * Creates a source that counts its requests in flight as RunPod would count them: a request counts until RunPod has answered it or has
 * noticed its abort.
 */
function createRunPod(settings: Parameters<typeof createSource>[0] = {}) {
  const source = createSource(settings);
  const state = { inFlight: 0, most: 0, answeredAt: 0 };
  const ask = (name: string, { ms, hangs }: Type, demand = AWAITED) =>
    source.ask(
      name,
      async (signal) => {
        state.inFlight += 1;
        state.most = Math.max(state.most, state.inFlight);
        try {
          const answer = await (hangs ? lingering(signal) : taking(ms)());
          state.answeredAt = source.nowMs();
          return answer;
        } finally {
          state.inFlight -= 1;
        }
      },
      demand,
    );
  return { ...source, ask, state };
}

/**
 * Advances the clock until all answers have settled, and returns them. Throws if they take longer than an hour. The clock goes no further
 * than it must, because timers that other test files have left behind run with it, too.
 */
async function settle<T>(answers: readonly Promise<T>[]): Promise<T[]> {
  const all = Promise.all(answers);
  const isSettled = all.then(() => true);
  for (let minute = 0; minute < 60; minute += 1) {
    await passMs(60_000);
    if (await Promise.race([isSettled, Promise.resolve(false)])) return all;
  }
  throw new Error('Some answers have not settled after an hour');
}

interface Type {
  readonly ms: number;
  readonly hangs: boolean;
}

describe('a cold query', () => {
  /** Requests a list, and then all GPU types. Resolves to the time of the last answer, in milliseconds since the source was created. */
  async function sweep(types: readonly Type[]): Promise<number> {
    const source = createRunPod();
    const list = source.ask('list', { ms: 200, hangs: false });
    await passMs(200);
    await list;
    await settle(types.map((type, index) => source.ask(`type ${index}`, type)));
    expect(source.state.most).toBe(3);
    return source.state.answeredAt;
  }

  const anyMs = fc.array(fc.integer({ min: 150, max: 400 }), { minLength: 41, maxLength: 41 });

  it('gets all other GPU types within 1.3 times the usual time, wherever two hanging GPU types are in the queue', async () => {
    await fc.assert(
      fc.asyncProperty(anyMs, fc.nat(40), fc.nat(40), async (tookMs, one, two) => {
        const without = await sweep(tookMs.map((ms) => ({ ms, hangs: false })));
        const beside = await sweep(tookMs.map((ms, index) => ({ ms, hangs: index === one || index === two })));
        expect(beside).toBeLessThanOrEqual(1.3 * without);
      }),
      { numRuns: 50 },
    );
  });
});

describe('any traffic', () => {
  const anyRequest = fc.record({
    subject: fc.nat(30),
    afterMs: fc.oneof(fc.constant(0), fc.nat(2000)),
    ms: fc.integer({ min: 150, max: 400 }),
    awaited: fc.boolean(),
  });
  const anyTraffic = fc.array(anyRequest, { minLength: 1, maxLength: 120 });
  const anyHanging = fc.uniqueArray(fc.nat(30), { maxLength: 6 });

  it('ends, never has more than three requests in flight, and repeats only requests about hanging subjects, each at most twice', async () => {
    await fc.assert(
      fc.asyncProperty(anyTraffic, anyHanging, async (traffic, hanging) => {
        const source = createRunPod({ retries: 0 });
        const all: Promise<readonly [boolean, unknown]>[] = [];
        for (const { subject, afterMs, ms, awaited } of traffic) {
          await passMs(afterMs);
          const hangs = hanging.includes(subject);
          const answer = source.ask(`${subject}`, { ms, hangs }, awaited ? AWAITED : RENEWAL);
          all.push(answer.then((result) => [hangs, result]));
        }
        for (const [hangs, result] of await settle(all)) {
          if (hangs) expect(['TIMEOUT', 'NOT_ATTEMPTED']).toContain(result);
          else expect(['answer', 'NOT_ATTEMPTED']).toContain(result);
        }
        for (const subject of new Set(traffic.map((request) => request.subject))) {
          const attempts = traffic.filter((request) => request.subject === subject).length;
          const most = hanging.includes(subject) ? 3 * attempts : attempts;
          expect(source.startsOf(`${subject}`).length).toBeLessThanOrEqual(most);
        }
        expect(source.state.most).toBeLessThanOrEqual(3);
        expect([source.requestQueue.waiting, source.requestQueue.running]).toEqual([0, 0]);
      }),
      { numRuns: 50 },
    );
  });
});
