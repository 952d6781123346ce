import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { GATEWAY } from '../src/domain/client.ts';
import {
  AWAITED,
  abortable,
  always,
  createSource,
  down,
  lingering,
  passMs,
  RENEWAL,
  silent,
  taking,
} from './support/attempts.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

type Source = ReturnType<typeof createSource>;

/**
 * Creates a source that has answered several requests in 200 ms each. After such answers, a request that takes longer than 600 ms counts as
 * hanging.
 */
async function createQuickSource(settings: Parameters<typeof createSource>[0] = {}): Promise<Source> {
  const source = createSource({ retries: 0, ...settings });
  const answers = Array.from({ length: 9 }, (_, index) => source.ask(`early ${index}`, taking(200)));
  await passMs(2000);
  await Promise.all(answers);
  source.started.length = 0;
  source.outcomes.length = 0;
  return source;
}

const askMany = (source: Source, prefix: string, count: number, demand = AWAITED) =>
  Array.from({ length: count }, (_, index) => source.ask(`${prefix} ${index}`, taking(200), demand));

const namesOf = ({ started }: Source) => started.map(({ name }) => name);

describe('a request that hangs while others wait', () => {
  it('is cut off, and is sent again after all the waiting requests', async () => {
    const source = await createQuickSource({ concurrency: 1 });
    const hanging = source.ask('hanging', abortable(60_000, 200));
    const others = askMany(source, 'other', 3);
    await passMs(5000);
    expect(await Promise.all([hanging, ...others])).toEqual(Array.from({ length: 4 }, () => 'answer'));
    expect(namesOf(source)).toEqual(['hanging', 'other 0', 'other 1', 'other 2', 'hanging']);
    expect(source.outcomes).toEqual(['YIELDED', 'COMPLETE', 'COMPLETE', 'COMPLETE', 'COMPLETE']);
  });

  it('has the full time-out when it is sent again', async () => {
    const source = await createQuickSource({ concurrency: 2 });
    const hanging = source.ask('hanging', silent);
    const others = askMany(source, 'other', 5);
    await passMs(2000);
    await Promise.all(others);
    const endMs = (source.startsOf('hanging')[1] ?? Number.NaN) + 10_000;
    const more = askMany(source, 'more', 60);
    await passMs(endMs - 1 - source.nowMs());
    expect(source.outcomes.filter((outcome) => outcome !== 'COMPLETE')).toEqual(['YIELDED']);
    await passMs(20_000);
    expect(await hanging).toBe('TIMEOUT');
    expect(source.startsOf('hanging')).toHaveLength(2);
    expect(new Set(await Promise.all(more))).toEqual(new Set(['answer']));
  });

  it('is not sent again before RunPod has noticed that the first attempt was aborted', async () => {
    const source = await createQuickSource();
    const hanging = source.ask('hanging', lingering);
    await passMs(405);
    const others = askMany(source, 'other', 3);
    await passMs(20_000);
    await Promise.all([hanging, ...others]);
    const [first = 0, again = 0] = source.startsOf('hanging');
    expect([source.startsOf('other 2'), again - first]).toEqual([[first + 605], 611]);
  });

  it('does not count as a failure for the circuit breaker', async () => {
    const source = await createQuickSource({ concurrency: 1 });
    for (let count = 0; count < 9; count += 1) await source.ask('failing', always(down));
    const hanging = source.ask('hanging', silent);
    const other = source.ask('other', silent);
    await passMs(700);
    expect(source.outcomes.at(-1)).toBe('YIELDED');
    expect(source.startsOf('probe')).toEqual([]);
    await passMs(30_000);
    expect(await Promise.all([hanging, other])).toEqual(['TIMEOUT', 'TIMEOUT']);
  });

  it('is not sent again after its client has disconnected', async () => {
    const source = await createQuickSource({ concurrency: 1 });
    const leaving = new AbortController();
    const hanging = source.ask('hanging', silent, { signal: leaving.signal, awaited: true, clients: [GATEWAY] });
    const others = askMany(source, 'other', 2);
    await passMs(100);
    leaving.abort();
    await passMs(5000);
    expect(await hanging).toBe('AbortError');
    expect(await Promise.all(others)).toEqual(['answer', 'answer']);
    expect(source.startsOf('hanging')).toHaveLength(1);
  });

  it('can be aborted or rejected while it waits to be sent again', async () => {
    const source = await createQuickSource({ concurrency: 1 });
    const leaving = new AbortController();
    const hanging = source.ask('hanging', silent, { signal: leaving.signal, awaited: true, clients: [GATEWAY] });
    const refused = source.ask('refused', silent);
    const others = askMany(source, 'other', 20);
    await passMs(2500);
    expect(source.outcomes.slice(0, 2)).toEqual(['YIELDED', 'YIELDED']);
    leaving.abort();
    expect(await hanging).toBe('AbortError');
    source.lane.rejectAll(() => down());
    expect(await refused).toBe('UNREACHABLE');
    await passMs(5000);
    await Promise.all(others);
    expect([source.startsOf('hanging'), source.startsOf('refused')]).toEqual([
      [expect.anything()],
      [expect.anything()],
    ]);
    expect([source.requestQueue.waiting, source.requestQueue.running]).toEqual([0, 0]);
  });
});

describe('a slow request', () => {
  it('is not cut off while no other request waits', async () => {
    const source = await createQuickSource();
    const slow = source.ask('slow', taking(9000));
    await passMs(9000);
    expect([await slow, source.outcomes]).toEqual(['answer', ['COMPLETE']]);
  });

  it('is not cut off when it is for a list, which other requests depend on', async () => {
    const source = await createQuickSource({ concurrency: 1 });
    const answers = [source.ask('list', abortable(9000)), ...askMany(source, 'other', 3)];
    await passMs(10_000);
    await Promise.all(answers);
    expect(source.outcomes).not.toContain('YIELDED');
  });

  it('that a client awaits is not cut off to start renewals; a slow renewal is cut off to start an awaited request', async () => {
    const source = await createQuickSource({ concurrency: 1 });
    const question = source.ask('question', taking(5000));
    const renewals = askMany(source, 'renewal', 3, RENEWAL);
    await passMs(6000);
    await Promise.all([question, ...renewals]);
    expect(source.outcomes).not.toContain('YIELDED');
    const renewal = source.ask('slow renewal', abortable(5000, 200), RENEWAL);
    const other = source.ask('other', taking(200));
    await passMs(6000);
    await Promise.all([renewal, other]);
    expect(source.outcomes).toContain('YIELDED');
  });

  it('is not cut off when all requests are slow from the start', async () => {
    const source = createSource({ retries: 0 });
    const answers = Array.from({ length: 41 }, (_, index) => source.ask(`type ${index}`, taking(4000)));
    await passMs(60_000);
    expect(new Set(await Promise.all(answers))).toEqual(new Set(['answer']));
    expect(source.started).toHaveLength(41);
  });

  it('is rarely cut off when a fast source becomes slow: that happens to at most four of 41 requests', async () => {
    const source = await createQuickSource();
    const answers = Array.from({ length: 41 }, (_, index) => source.ask(`type ${index}`, abortable(4000)));
    await passMs(90_000);
    expect(new Set(await Promise.all(answers))).toEqual(new Set(['answer']));
    expect(source.started.length).toBeLessThanOrEqual(41 + 4);
  });

  it('is not cut off again after the source has answered it slowly', async () => {
    const source = await createQuickSource();
    for (let round = 0; round < 5; round += 1) {
      const slow = source.ask('slow', abortable(3000));
      const others = askMany(source, `other ${round}`, 60);
      await passMs(15_000);
      expect(await slow).toBe('answer');
      await Promise.all(others);
    }
    expect(source.startsOf('slow')).toHaveLength(6);
  });
});

describe('subjects that are known to hang', () => {
  /** Creates a source with exactly two requests in flight. Earlier attempts of both requests hung. */
  async function createSuspects(settings: Parameters<typeof createSource>[0] = {}) {
    const source = await createQuickSource(settings);
    const hanging = ['h1', 'h2'].map((name) => source.ask(name, silent));
    const others = askMany(source, 'other', 20);
    await passMs(3000);
    await Promise.all(others);
    return { source, hanging };
  }

  it('are requested in parallel while no other request waits', async () => {
    const { source, hanging } = await createSuspects();
    expect([source.requestQueue.running, source.requestQueue.waiting]).toEqual([2, 0]);
    await passMs(10_000);
    expect(await Promise.all(hanging)).toEqual(['TIMEOUT', 'TIMEOUT']);
    expect([source.startsOf('h1').length, source.startsOf('h2').length]).toEqual([2, 2]);
  });

  it('share one slot as soon as other requests wait, and make way for them once per attempt', async () => {
    const { source, hanging } = await createSuspects();
    for (const wave of ['first', 'second', 'third']) {
      const others = askMany(source, wave, 20);
      await passMs(2300);
      expect(new Set(await Promise.all(others))).toEqual(new Set(['answer']));
    }
    await passMs(20_000);
    expect(await Promise.all(hanging)).toEqual(['TIMEOUT', 'TIMEOUT']);
    expect([source.startsOf('h1').length, source.startsOf('h2').length]).toEqual([2, 3]);
  });

  it('are requested one after the other while another request runs', async () => {
    const { source, hanging } = await createSuspects();
    await passMs(10_000);
    await Promise.all(hanging);
    source.started.length = 0;
    const other = source.ask('other', taking(200));
    const again = ['h1', 'h2'].map((name) => source.ask(name, silent));
    await passMs(199);
    expect(namesOf(source)).toEqual(['other', 'h1']);
    await passMs(20_000);
    expect(namesOf(source)).toEqual(['other', 'h1', 'h2']);
    await Promise.all([other, ...again]);
  });

  it('are requested at once while all slots are idle, even if other requests arrive right afterwards', async () => {
    const { source, hanging } = await createSuspects();
    await passMs(10_000);
    await Promise.all(hanging);
    source.started.length = 0;
    const first = source.ask('h1', taking(200));
    const others = askMany(source, 'other', 4);
    await passMs(1000);
    await Promise.all([first, ...others]);
    expect(namesOf(source).slice(0, 4)).toEqual(['h1', 'other 0', 'other 1', 'other 2']);
  });

  it('are requested in their turn again, and not last, but only if one of their own requests was answered', async () => {
    const { source, hanging } = await createSuspects();
    await passMs(10_000);
    await Promise.all(hanging);
    const first = source.ask('h1', taking(200));
    await passMs(1000);
    await first;
    source.started.length = 0;
    const others = askMany(source, 'other', 3);
    const again = ['h1', 'h2'].map((name) => source.ask(name, taking(200)));
    const later = askMany(source, 'later', 2);
    await passMs(2000);
    await Promise.all([...others, ...again, ...later]);
    expect(namesOf(source)).toEqual(['other 0', 'other 1', 'other 2', 'h1', 'later 0', 'later 1', 'h2']);
  });
});
